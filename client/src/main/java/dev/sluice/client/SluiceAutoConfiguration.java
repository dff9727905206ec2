package dev.sluice.client;

import dev.sluice.client.batch.SluiceBatches;
import dev.sluice.client.task.LlmTasks;
import dev.sluice.common.live.LiveQueues;
import java.net.URI;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Gives an application {@link LlmTasks} where it has RabbitMQ, and {@link SluiceBatches} where
 * {@code sluice.client.url} is set.
 */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@EnableConfigurationProperties(SluiceAutoConfiguration.Properties.class)
public class SluiceAutoConfiguration {

  /**
   * The settings of the client, below {@code sluice.client}.
   *
   * @param url where the producer is, without {@code /v1}. Default: none, there is no {@link
   *     SluiceBatches} then.
   * @param apiKey one of its keys. Default: none.
   */
  @ConfigurationProperties("sluice.client")
  record Properties(@DefaultValue("") String url, @DefaultValue("") String apiKey) {
    /** Without the key: settings are printed in logs and error messages. */
    @Override
    public String toString() {
      return "Properties[url=" + url + "]";
    }
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("sluice.client.url")
  SluiceBatches sluice(Properties properties) {
    return SluiceBatches.at(URI.create(properties.url()), properties.apiKey());
  }

  /** Tasks over AMQP. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(ConnectionFactory.class)
  @ConditionalOnMissingBean(LlmTasks.class)
  static class Tasks {

    @Bean
    Declarables llmAnswers() {
      return LiveQueues.replyQueue();
    }

    @Bean
    LlmTasks llmTasks(ConnectionFactory brokers, @Qualifier("llmAnswers") Declarables answers) {
      return new LlmTasks(brokers, answers);
    }
  }
}
