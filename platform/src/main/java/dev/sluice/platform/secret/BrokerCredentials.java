package dev.sluice.platform.secret;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of RabbitMQ credentials that can change at runtime.
 *
 * @param passwordFile file with the password, read for each new connection. Default: none, the
 *     password is in {@code spring.rabbitmq.addresses} or {@code spring.rabbitmq.password}.
 */
public record BrokerCredentials(@Nullable Path passwordFile) {

  private static final String SETTING = "sluice.rabbitmq.password-file";

  public BrokerCredentials {
    if (passwordFile != null) {
      SecretFile.of(SETTING, passwordFile);
    }
  }

  Optional<SecretFile> password() {
    return Optional.ofNullable(passwordFile).map(file -> SecretFile.of(SETTING, file));
  }
}
