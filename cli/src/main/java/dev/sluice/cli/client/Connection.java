package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where the producer is.
 *
 * @param url its address, without a slash at the end
 * @param apiKey the key; empty where none is set
 * @param tls makes its connections over TLS; empty where Java's own authorities are trusted
 * @param command how hints call this command
 */
public record Connection(
    String url, Optional<String> apiKey, Optional<SSLSocketFactory> tls, String command) {
  private static final String USUAL_URL = "http://127.0.0.1:8080";

  /**
   * The options, else {@code SLUICE_URL}, {@code SLUICE_API_KEY} and {@code SLUICE_CACERT}.
   *
   * @throws CommandException where the address is no http address, or the file holds no certificate
   */
  public static Connection of(
      @Nullable String url,
      @Nullable String apiKey,
      @Nullable Path cacert,
      Map<String, String> environment) {
    String origin = url == null ? "SLUICE_URL" : "--url";
    String address = url == null ? environment.getOrDefault("SLUICE_URL", "") : url;
    String key = apiKey == null ? environment.getOrDefault("SLUICE_API_KEY", "") : apiKey;
    if (address.isBlank()) {
      address = USUAL_URL;
    }
    if (!isHttp(address)) {
      throw CommandException.wrongUsage(
          "%s (%s) is not an address like %s".formatted(origin, address, USUAL_URL));
    }
    return new Connection(
        address.replaceFirst("/+$", ""),
        Optional.of(key.strip()).filter(k -> !k.isEmpty()),
        tls(cacert, environment.getOrDefault("SLUICE_CACERT", "")),
        Terminal.command(environment));
  }

  private static Optional<SSLSocketFactory> tls(@Nullable Path cacert, String variable) {
    if (cacert != null) {
      return Optional.of(TrustedCertificates.of("--cacert", cacert));
    }
    return variable.isBlank()
        ? Optional.empty()
        : Optional.of(TrustedCertificates.of("SLUICE_CACERT", Path.of(variable)));
  }

  private static boolean isHttp(String address) {
    try {
      URI uri = new URI(address);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null;
    } catch (URISyntaxException notAnAddress) {
      return false;
    }
  }
}
