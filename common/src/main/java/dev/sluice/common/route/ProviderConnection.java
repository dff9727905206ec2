package dev.sluice.common.route;

import dev.sluice.common.secret.SecretFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The way to a provider, with the key and the certificates as they are now: both are renewed while
 * we run. It speaks HTTP/1.1: over HTTP/2 a provider refuses streams beyond its own bound.
 */
public final class ProviderConnection {
  private final Provider provider;
  private final String baseUrl;
  private final @Nullable SecretFile keyFile;
  private volatile HttpClient client;

  private ProviderConnection(Provider provider, @Nullable SecretFile keyFile, HttpClient client) {
    URI url = Objects.requireNonNull(provider.url(), "the settings are checked before");
    this.provider = provider;
    this.baseUrl = url.toString().replaceAll("/+$", "");
    this.keyFile = keyFile;
    this.client = client;
  }

  /**
   * The way to one.
   *
   * @param bundles hold the one that the provider names
   * @throws org.springframework.boot.ssl.NoSuchSslBundleException where they do not
   */
  public static ProviderConnection to(Provider provider, SslBundles bundles) {
    Path file = provider.apiKeyFile();
    SecretFile key = file == null ? null : SecretFile.of("api-key-file", file);
    String name = provider.sslBundle();
    if (name.isEmpty()) {
      return new ProviderConnection(provider, key, client(provider, null));
    }
    ProviderConnection link =
        new ProviderConnection(provider, key, client(provider, bundles.getBundle(name)));
    bundles.addBundleUpdateHandler(name, renewed -> link.client = client(provider, renewed));
    return link;
  }

  private static HttpClient client(Provider provider, @Nullable SslBundle bundle) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(
                HttpClient.Redirect.NEVER) // the key goes where the route says, nowhere else
            .connectTimeout(provider.connectTimeout());
    if (bundle != null) {
      builder.sslContext(bundle.createSslContext());
    }
    return builder.build();
  }

  /** The provider's URL, without a slash at the end. */
  public String baseUrl() {
    return baseUrl;
  }

  /** Makes connections; another one after the certificates were renewed. */
  public HttpClient client() {
    return client;
  }

  /** Today's key; empty where the provider asks for none. */
  public String key() {
    return keyFile == null ? provider.apiKey() : keyFile.read();
  }

  /** The value of the header with today's key; empty where the provider asks for none. */
  public Optional<String> authorization() {
    String key = key();
    return key.isEmpty() ? Optional.empty() : Optional.of("Bearer " + key);
  }

  /** Whether the provider is told the trace of a call. */
  public boolean sendsTraceparent() {
    return provider.sendTraceparent();
  }

  /** Whether the key can become another one while we run. */
  public boolean hasChangingKey() {
    return keyFile != null;
  }
}
