package dev.sluice.platform.secret;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.CredentialsProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.ssl.SslBundles;

/**
 * Applies rotated passwords and certificates to new RabbitMQ connections. Open connections stay
 * open: RabbitMQ authenticates only at connection start.
 */
public final class RotatingCredentials implements ConnectionFactoryCustomizer {
  private final BrokerCredentials credentials;
  private final @Nullable String bundle;
  private final SslBundles bundles;

  /**
   * @param bundle name of the broker's TLS bundle; null without one
   */
  public RotatingCredentials(
      BrokerCredentials credentials, @Nullable String bundle, SslBundles bundles) {
    this.credentials = credentials;
    this.bundle = bundle;
    this.bundles = bundles;
  }

  @Override
  public void customize(ConnectionFactory connections) {
    credentials
        .password()
        .ifPresent(
            file ->
                connections.setCredentialsProvider(
                    new FileCredentials(connections.getUsername(), file)));
    if (bundle != null) {
      bundles.addBundleUpdateHandler(
          bundle, updated -> connections.useSslProtocol(updated.createSslContext()));
    }
  }

  private record FileCredentials(String username, SecretFile file) implements CredentialsProvider {
    @Override
    public String getUsername() {
      return username;
    }

    @Override
    public String getPassword() {
      return file.read();
    }
  }
}
