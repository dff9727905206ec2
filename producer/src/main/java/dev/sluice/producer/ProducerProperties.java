package dev.sluice.producer;

import dev.sluice.common.startup.CannotStart;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the producer.
 *
 * @param apiKey the administrator's key, sent as {@code Authorization: Bearer}: it makes the keys
 *     of the projects, and works itself in the project {@code default}; at least 16 characters.
 *     Required.
 * @param database where the embedded PostgreSQL keeps its data.
 */
@ConfigurationProperties("sluice")
public record ProducerProperties(@DefaultValue("") String apiKey, @DefaultValue Database database) {
  private static final int LEAST_KEY_LENGTH = 16;

  public ProducerProperties {
    if (apiKey.isBlank()) {
      throw new CannotStart(
          "sluice.api-key is missing. Set it, or SLUICE_API_KEY in the environment, to a secret of at least 16 characters.");
    }
    if (apiKey.length() < LEAST_KEY_LENGTH) {
      throw new CannotStart(
          "sluice.api-key has %d characters, fewer than %d. Set a longer secret, such as that of `openssl rand -hex 24`."
              .formatted(apiKey.length(), LEAST_KEY_LENGTH));
    }
  }

  /**
   * The embedded PostgreSQL, which is used where {@code spring.datasource.url} is not set.
   *
   * @param directory its data, its program and its log; one producer at a time. Default: {@code
   *     .sluice/postgres}.
   */
  public record Database(@DefaultValue(".sluice/postgres") Path directory) {}

  /** Without the key: settings are printed in logs and error messages. */
  @Override
  public String toString() {
    return "ProducerProperties[database=" + database + "]";
  }
}
