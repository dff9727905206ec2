package dev.sluice.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.autoconfigure.RabbitProperties;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class BrokerUrlDecoderTest {

  @Test
  void escapesInTheUrlAreDecoded() {
    try (var context =
        context("spring.rabbitmq.addresses=amqp://u%3A:p%40ss%2B+@host:5673/a%2Fb")) {
      RabbitConnectionDetails details = context.getBean(RabbitConnectionDetails.class);
      assertThat(details.getPassword()).isEqualTo("p@ss++");
      assertThat(details.getFirstAddress())
          .isEqualTo(new RabbitConnectionDetails.Address("host", 5673));
      CachingConnectionFactory connections = context.getBean(CachingConnectionFactory.class);
      assertThat(connections.getUsername()).isEqualTo("u:");
      assertThat(connections.getVirtualHost()).isEqualTo("a/b");
    }
  }

  @Test
  void settingsOutsideOfTheUrlAndInvalidEscapesAreNotDecoded() {
    try (var context =
        context(
            "spring.rabbitmq.addresses=amqp://host/100%",
            "spring.rabbitmq.username=a%40b", "spring.rabbitmq.password=p%40ss")) {
      RabbitConnectionDetails details = context.getBean(RabbitConnectionDetails.class);
      assertThat(details.getUsername()).isEqualTo("a%40b");
      assertThat(details.getPassword()).isEqualTo("p%40ss");
      assertThat(details.getVirtualHost()).isEqualTo("100%");
    }
  }

  private static ConfigurableApplicationContext context(String... settings) {
    return new SpringApplicationBuilder(Decoder.class)
        .web(WebApplicationType.NONE)
        .properties(settings)
        .run();
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({SslAutoConfiguration.class, RabbitAutoConfiguration.class})
  static class Decoder {
    @Bean
    static BrokerUrlDecoder brokerUrlDecoder(ObjectProvider<RabbitProperties> properties) {
      return new BrokerUrlDecoder(properties);
    }
  }
}
