package dev.sluice.platform.route;

import dev.sluice.common.wire.RequestHeaders;
import dev.sluice.platform.secret.SecretFile;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * HTTP client for a provider, with its current API key and certificates; both can be rotated at
 * runtime. Uses HTTP/1.1, because an HTTP/2 provider limits the streams per connection.
 */
public final class ProviderConnection {
  /**
   * The JDK's client fails after this number of interim responses (102 Processing, 103 Early Hints)
   * to one request; its default is 8. A provider may send them while it generates a reply. The time
   * limit of the call applies instead.
   */
  private static final String MAX_INTERIM_RESPONSES = "jdk.httpclient.maxNonFinalResponses";

  private static final Executor VIRTUAL_THREADS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("provider-client-", 0).factory());

  private static final String DEFAULT_ANTHROPIC_VERSION = "2023-06-01";

  static {
    if (System.getProperty(MAX_INTERIM_RESPONSES) == null) {
      System.setProperty(MAX_INTERIM_RESPONSES, "10000");
    }
  }

  private final Provider provider;
  private final String baseUrl;
  private final String query;
  private final @Nullable SecretFile keyFile;
  private volatile HttpClient client;

  private ProviderConnection(Provider provider, @Nullable SecretFile keyFile, HttpClient client) {
    URI url = Objects.requireNonNull(provider.url(), "provider.url is validated at startup");
    this.provider = provider;
    this.baseUrl = url.toString().replaceAll("/+$", "");
    this.query = query(provider.query());
    this.keyFile = keyFile;
    this.client = client;
  }

  /**
   * Creates a connection and follows the updates of its TLS bundle.
   *
   * @throws org.springframework.boot.ssl.NoSuchSslBundleException if the provider's bundle is not
   *     defined
   */
  public static ProviderConnection to(Provider provider, SslBundles bundles) {
    Path file = provider.apiKeyFile();
    SecretFile key = file == null ? null : SecretFile.of("api-key-file", file);
    String name = provider.sslBundle();
    if (name.isEmpty()) {
      return new ProviderConnection(provider, key, client(provider, null));
    }
    ProviderConnection connection =
        new ProviderConnection(provider, key, client(provider, bundles.getBundle(name)));
    bundles.addBundleUpdateHandler(name, updated -> connection.client = client(provider, updated));
    return connection;
  }

  private static HttpClient client(Provider provider, @Nullable SslBundle bundle) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(
                HttpClient.Redirect.NEVER) // a redirect could send the key to another host
            .connectTimeout(provider.connectTimeout())
            .executor(VIRTUAL_THREADS); // callers wait on virtual threads: no switch between both
    if (bundle != null) {
      builder.sslContext(bundle.createSslContext());
    }
    return builder.build();
  }

  /** The provider's URL without a trailing slash. */
  public String baseUrl() {
    return baseUrl;
  }

  /** The HTTP client; replaced when the TLS bundle is updated. */
  public HttpClient client() {
    return client;
  }

  /** The current API key; empty without one. */
  public String key() {
    return keyFile == null ? provider.apiKey() : keyFile.read();
  }

  /**
   * The URL of an endpoint, with the configured query.
   *
   * @param path below the base URL, such as {@code /models}
   */
  public String url(String path) {
    return baseUrl + path + query;
  }

  /**
   * The headers of a call: the configured ones, the key, and the caller's. Lists of beta features
   * are joined; any other header of the caller replaces a configured one.
   *
   * @param path below the base URL
   * @param key the key to send; empty for none
   * @param callerHeaders by their names in lower case
   */
  public Map<String, String> headers(String path, String key, Map<String, String> callerHeaders) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (ProviderAuth.isAnthropic(provider.dialect(), path)) {
      headers.put(RequestHeaders.ANTHROPIC_VERSION, DEFAULT_ANTHROPIC_VERSION);
    }
    headers.putAll(provider.headers());
    callerHeaders.forEach(
        (name, value) ->
            headers.merge(
                name,
                value,
                (configured, callers) ->
                    name.equals(RequestHeaders.ANTHROPIC_BETA)
                        ? configured + "," + callers
                        : callers));
    if (!key.isEmpty()) {
      Map.Entry<String, String> auth = provider.auth().header(provider.dialect(), path, key);
      headers.put(auth.getKey(), auth.getValue());
    }
    return headers;
  }

  private static String query(Map<String, String> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
            .collect(
                Collectors.collectingAndThen(
                    Collectors.joining("&"), query -> query.isEmpty() ? "" : "?" + query));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Whether calls carry the {@code traceparent} header. */
  public boolean sendsTraceparent() {
    return provider.sendTraceparent();
  }

  /** Whether the key can change at runtime. */
  public boolean hasRotatingKey() {
    return keyFile != null;
  }
}
