package dev.sluice.platform.startup;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.autoconfigure.RabbitProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * Decodes percent-encoded characters of user, password and virtual host in {@code
 * spring.rabbitmq.addresses}, as RabbitMQ's URI specification requires. Spring Boot passes them on
 * as they are.
 *
 * <p>A value with an invalid escape is not encoded, and stays unchanged.
 */
public final class BrokerUrlDecoder implements BeanPostProcessor {
  private final ObjectProvider<RabbitProperties> properties;

  /**
   * @param properties resolved late, because a post-processor is created before other beans
   */
  public BrokerUrlDecoder(ObjectProvider<RabbitProperties> properties) {
    this.properties = properties;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof RabbitConnectionDetails details
        ? new DecodedDetails(details, properties.getObject())
        : bean;
  }

  /** Decodes the values that do not come from settings of their own. */
  private record DecodedDetails(RabbitConnectionDetails encoded, RabbitProperties settings)
      implements RabbitConnectionDetails {

    @Override
    public @Nullable String getUsername() {
      return decoded(encoded.getUsername(), settings.getUsername());
    }

    @Override
    public @Nullable String getPassword() {
      return decoded(encoded.getPassword(), settings.getPassword());
    }

    @Override
    public @Nullable String getVirtualHost() {
      return decoded(encoded.getVirtualHost(), settings.getVirtualHost());
    }

    @Override
    public List<Address> getAddresses() {
      return encoded.getAddresses();
    }

    @Override
    public @Nullable SslBundle getSslBundle() {
      return encoded.getSslBundle();
    }

    /** Omits the password, because logs and error messages may contain the details. */
    @Override
    public String toString() {
      return "DecodedDetails[addresses=" + getAddresses() + "]";
    }

    private static @Nullable String decoded(@Nullable String value, @Nullable String setting) {
      if (value == null || Objects.equals(value, setting)) {
        return value;
      }
      try {
        return StringUtils.uriDecode(value, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException notEncoded) {
        return value;
      }
    }
  }
}
