package dev.sluice.platform.route;

import dev.sluice.common.wire.ServiceTier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of a route's provider endpoint.
 *
 * @param url the provider's base URL with its version path, such as {@code
 *     https://api.openai.com/v1}. Required, unless each member of the route has its own.
 * @param apiKey the provider's API key. Default: none, no header is sent.
 * @param apiKeyFile file with the key, used instead of {@code apiKey}; read for each call, so that
 *     a new key takes effect immediately. Default: none.
 * @param auth the header with the key: {@code bearer}, {@code x-api-key} or {@code api-key}.
 *     Default: {@code auto}, {@code x-api-key} for Anthropic's own endpoints, {@code bearer} for
 *     others.
 * @param headers further HTTP headers of each call, such as {@code OpenAI-Project}. Default: none.
 * @param query parameters of each call's URL, such as Azure's {@code api-version}. Default: none.
 * @param sslBundle name of a bundle below {@code spring.ssl.bundle} with the trusted CA
 *     certificates and the client certificate. Default: none, Java's CA certificates.
 * @param dialect format of the provider's rate limit headers and errors. Default: {@code auto},
 *     detected from the URL's host.
 * @param maxTokensField name of the field that limits the answer of a chat completion, in requests
 *     that Sluice builds. Default: {@code auto}, {@code max_completion_tokens} for OpenAI and
 *     Azure, {@code max_tokens} for others.
 * @param connectTimeout timeout for opening a connection. Default: 10 s.
 * @param callTimeout timeout for a whole call, to the last byte; at most 16 min. At the flex tier a
 *     call has at least 15 min. Default: 2 min.
 * @param sendTraceparent whether calls carry the {@code traceparent} header. Default: false.
 */
@SuppressWarnings("InvalidParam") // the value auto is not the parameter auth
public record Provider(
    @Nullable URI url,
    @DefaultValue("") String apiKey,
    @Nullable Path apiKeyFile,
    @DefaultValue("auto") ProviderAuth auth,
    @DefaultValue Map<String, String> headers,
    @DefaultValue Map<String, String> query,
    @DefaultValue("") String sslBundle,
    @DefaultValue("auto") ProviderDialect dialect,
    @DefaultValue("auto") MaxTokensField maxTokensField,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("2m") Duration callTimeout,
    @DefaultValue("false") boolean sendTraceparent) {
  /**
   * The time of a call in a worker, together with the times before and after it, stays below
   * RabbitMQ's {@code consumer_timeout} of 30 min.
   */
  public static final Duration MAX_CALL_TIMEOUT = Duration.ofMinutes(16);

  /**
   * OpenAI recommends this timeout for its <a
   * href="https://developers.openai.com/api/docs/guides/flex-processing">flex processing</a>.
   */
  private static final Duration FLEX_CALL_TIMEOUT = Duration.ofMinutes(15);

  public Provider {
    headers = Map.copyOf(headers);
    query = Map.copyOf(query);
    if (url != null) { // else each member has its own
      maxTokensField = maxTokensField.resolved(dialect, url);
      dialect = dialect.resolved(url);
    }
  }

  /** A provider without an API key, TLS bundle or trace headers. */
  public static Provider keyless(
      URI url, ProviderDialect dialect, Duration connectTimeout, Duration callTimeout) {
    return new Provider(
        url,
        "",
        null,
        ProviderAuth.AUTO,
        Map.of(),
        Map.of(),
        "",
        dialect,
        MaxTokensField.AUTO,
        connectTimeout,
        callTimeout,
        /* sendTraceparent= */ false);
  }

  /** The timeout for a whole call at a tier. */
  public Duration callTimeout(ServiceTier tier) {
    return switch (tier) {
      case STANDARD -> callTimeout;
      case FLEX -> callTimeout.compareTo(FLEX_CALL_TIMEOUT) > 0 ? callTimeout : FLEX_CALL_TIMEOUT;
    };
  }

  private boolean hasKey() {
    return apiKeyFile != null || !apiKey.isEmpty();
  }

  /** Omits the key: settings are printed in logs and error messages. */
  @Override
  public String toString() {
    String key = apiKeyFile == null ? "***" : "in " + apiKeyFile;
    return "Provider[url=%s, apiKey=%s]".formatted(url, hasKey() ? key : "none");
  }
}
