package dev.sluice.producer;

import dev.sluice.common.secret.BrokerCredentials;
import dev.sluice.common.secret.SecretFile;
import dev.sluice.common.startup.StartupException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the producer.
 *
 * @param apiKey the administrator's key, sent as {@code Authorization: Bearer}: it makes the keys
 *     of the projects, and works itself in the project {@code default}; at least 16 characters.
 *     Required.
 * @param database the PostgreSQL that holds the state.
 * @param rabbitmq how it logs in at the broker.
 */
@ConfigurationProperties("sluice")
public record ProducerProperties(
    @DefaultValue("") String apiKey,
    @DefaultValue Database database,
    @DefaultValue BrokerCredentials rabbitmq) {
  private static final int LEAST_KEY_LENGTH = 16;

  public ProducerProperties {
    if (apiKey.isBlank()) {
      throw new StartupException(
          "sluice.api-key is missing. Set it, or SLUICE_API_KEY in the environment, to a secret of at least 16 characters.");
    }
    if (apiKey.length() < LEAST_KEY_LENGTH) {
      throw new StartupException(
          "sluice.api-key has %d characters, fewer than %d. Set a longer secret, such as that of `openssl rand -hex 24`."
              .formatted(apiKey.length(), LEAST_KEY_LENGTH));
    }
  }

  /**
   * An embedded PostgreSQL where {@code spring.datasource.url} is not set, else that one.
   *
   * @param directory data, program and log of the embedded one; one producer at a time. Default:
   *     {@code .sluice/postgres}.
   * @param passwordFile holds the password for the other, read for each new connection. Default:
   *     none, it is {@code spring.datasource.password}.
   */
  public record Database(
      @DefaultValue(".sluice/postgres") Path directory, @Nullable Path passwordFile) {
    private static final String PASSWORD_FILE = "sluice.database.password-file";

    public Database {
      if (passwordFile != null) {
        SecretFile.of(PASSWORD_FILE, passwordFile);
      }
    }

    /**
     * The password as it is now.
     *
     * @param set what the settings say, for where there is no file
     */
    Supplier<String> password(@Nullable String set) {
      if (passwordFile == null) {
        String fixed = Objects.requireNonNullElse(set, "");
        return () -> fixed;
      }
      return SecretFile.of(PASSWORD_FILE, passwordFile)::read;
    }
  }

  /** Without the key: settings are printed in logs and error messages. */
  @Override
  public String toString() {
    return "ProducerProperties[database=" + database + "]";
  }
}
