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
 * Connection settings of the producer.
 *
 * @param url the producer's URL without {@code /v1} and without a trailing slash
 * @param apiKey the API key; empty if not set
 * @param tls socket factory with the configured CA certificates; empty for Java's default
 * @param command name of this command in hints
 */
public record Connection(
    String url, Optional<String> apiKey, Optional<SSLSocketFactory> tls, String command) {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";

  /**
   * Uses the options, else {@code SLUICE_URL}, {@code SLUICE_API_KEY} and {@code SLUICE_CACERT}.
   *
   * @throws CommandException if the URL is not an http or https URL, or the file has no certificate
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
      address = DEFAULT_URL;
    }
    if (!isHttp(address.strip())) {
      throw CommandException.usageError(
          "%s (%s) is not a URL such as %s".formatted(origin, address, DEFAULT_URL));
    }
    return new Connection(
        baseUrl(address),
        Optional.of(key.strip()).filter(k -> !k.isEmpty()),
        tls(cacert, environment.getOrDefault("SLUICE_CACERT", "")),
        Terminal.command(environment));
  }

  /** Accepts the base URL of OpenAI's SDKs, too, which ends with {@code /v1}. */
  private static String baseUrl(String address) {
    return address.strip().replaceFirst("(?<=[^/:])(/+v1)?/*$", "");
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
    } catch (URISyntaxException malformed) {
      return false;
    }
  }
}
