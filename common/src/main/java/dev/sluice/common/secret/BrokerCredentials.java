package dev.sluice.common.secret;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How we log in at the broker, where that is renewed while we run.
 *
 * @param passwordFile holds the password; read for each new connection. Default: none, the password
 *     stands in {@code spring.rabbitmq.addresses} or {@code spring.rabbitmq.password}.
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
