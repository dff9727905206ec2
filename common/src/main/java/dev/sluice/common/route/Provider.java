package dev.sluice.common.route;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where a route's calls go.
 *
 * @param url the provider's base URL with its version path, such as {@code
 *     https://api.openai.com/v1}. Required.
 * @param apiKey sent as {@code Authorization: Bearer}. Default: none, no such header is sent.
 * @param apiKeyFile a file that holds the key in place of {@code apiKey}; read for each call, so
 *     that another key counts at once. Default: none.
 * @param sslBundle the name of the bundle below {@code spring.ssl.bundle} with the authorities that
 *     its certificate may come from, and the certificate that is shown to it. Default: none, Java's
 *     own authorities.
 * @param dialect whose ways of telling limits and errors it has. Default: {@code auto}, by the
 *     URL's host.
 * @param connectTimeout how long a connection may take to open. Default: 10 s.
 * @param callTimeout how long one whole exchange may take, to the last byte; at most 14 min.
 *     Default: 2 min.
 * @param sendTraceparent whether it is told the trace that a call belongs to. Default: false.
 */
public record Provider(
    @Nullable URI url,
    @DefaultValue("") String apiKey,
    @Nullable Path apiKeyFile,
    @DefaultValue("") String sslBundle,
    @DefaultValue("auto") ProviderDialect dialect,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("2m") Duration callTimeout,
    @DefaultValue("false") boolean sendTraceparent) {

  public Provider {
    dialect = dialect.resolved(url);
  }

  /** One without a key and with Java's own authorities, which is told no trace. */
  public static Provider keyless(
      URI url, ProviderDialect dialect, Duration connectTimeout, Duration callTimeout) {
    return new Provider(
        url, "", null, "", dialect, connectTimeout, callTimeout, /* sendTraceparent= */ false);
  }

  private boolean hasKey() {
    return apiKeyFile != null || !apiKey.isEmpty();
  }

  /** Without the key: settings are printed in logs and error messages. */
  @Override
  public String toString() {
    String key = apiKeyFile == null ? "***" : "in " + apiKeyFile;
    return "Provider[url=%s, apiKey=%s]".formatted(url, hasKey() ? key : "none");
  }
}
