package dev.sluice.producer;

import dev.sluice.platform.secret.BrokerCredentials;
import dev.sluice.platform.secret.SecretFile;
import dev.sluice.platform.startup.StartupException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the producer.
 *
 * @param apiKey the administrator's key, sent as {@code Authorization: Bearer}. It creates the keys
 *     of projects, and belongs to the project {@code default}. At least 16 characters. Required.
 * @param metricsKey a key that may only read {@code /actuator/prometheus}. At least 16 characters.
 *     Default: none, only the administrator's key reads metrics.
 * @param database the PostgreSQL that contains the state.
 * @param rabbitmq the credentials for the broker.
 */
@ConfigurationProperties("sluice")
public record ProducerProperties(
    @DefaultValue("") String apiKey,
    @DefaultValue("") String metricsKey,
    @DefaultValue Database database,
    @DefaultValue BrokerCredentials rabbitmq) {
  private static final int MIN_KEY_LENGTH = 16;

  public ProducerProperties {
    if (apiKey.isBlank()) {
      throw new StartupException(
          "sluice.api-key is missing. Set it, or SLUICE_API_KEY in the environment, to a secret of at least 16 characters.");
    }
    requireLength("sluice.api-key", apiKey);
    if (!metricsKey.isEmpty()) {
      requireLength("sluice.metrics-key", metricsKey);
      if (metricsKey.equals(apiKey)) {
        throw new StartupException(
            "sluice.metrics-key is the same as sluice.api-key, which permits everything. Set another secret.");
      }
    }
  }

  private static void requireLength(String setting, String key) {
    if (key.length() < MIN_KEY_LENGTH) {
      throw new StartupException(
          "%s has %d characters, fewer than %d. Set a longer secret, such as the output of `openssl rand -hex 24`."
              .formatted(setting, key.length(), MIN_KEY_LENGTH));
    }
  }

  /**
   * The settings of the database. The producer uses the server of {@code spring.datasource.url}, or
   * an embedded PostgreSQL if that is not set.
   *
   * @param directory data, binaries and log of the embedded PostgreSQL, for one producer at a time.
   *     Default: {@code .sluice/postgres}.
   * @param passwordFile a file with the password of the external PostgreSQL, read for each new
   *     connection. Default: none, {@code spring.datasource.password} applies.
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
     * Supplies the current password.
     *
     * @param configured the password in the settings, for a database without a password file
     */
    Supplier<String> password(@Nullable String configured) {
      if (passwordFile == null) {
        String fixed = Objects.requireNonNullElse(configured, "");
        return () -> fixed;
      }
      return SecretFile.of(PASSWORD_FILE, passwordFile)::read;
    }
  }

  /** Omits the keys, because logs and error messages may contain the settings. */
  @Override
  public String toString() {
    return "ProducerProperties[database=" + database + "]";
  }
}
