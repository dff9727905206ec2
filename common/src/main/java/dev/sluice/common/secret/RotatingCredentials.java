package dev.sluice.common.secret;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.CredentialsProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.ssl.SslBundles;

/**
 * Password and certificates for the broker, as they are at each new connection. One that is open
 * stays open: RabbitMQ asks for a password, and shows its certificate, only once.
 */
public final class RotatingCredentials implements ConnectionFactoryCustomizer {
  private final BrokerCredentials login;
  private final @Nullable String bundle;
  private final SslBundles bundles;

  /**
   * @param bundle the name of the broker's bundle; null where it has none
   */
  public RotatingCredentials(BrokerCredentials login, @Nullable String bundle, SslBundles bundles) {
    this.login = login;
    this.bundle = bundle;
    this.bundles = bundles;
  }

  @Override
  public void customize(ConnectionFactory brokers) {
    login
        .password()
        .ifPresent(
            file ->
                brokers.setCredentialsProvider(new FileCredentials(brokers.getUsername(), file)));
    if (bundle != null) {
      bundles.addBundleUpdateHandler(
          bundle, renewed -> brokers.useSslProtocol(renewed.createSslContext()));
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
