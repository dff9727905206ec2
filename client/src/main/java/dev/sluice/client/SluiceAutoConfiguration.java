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
 * Auto-configures {@link LlmTasks} if RabbitMQ is configured, and {@link SluiceBatches} if {@code
 * sluice.client.url} is set.
 */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@EnableConfigurationProperties(SluiceAutoConfiguration.Properties.class)
public class SluiceAutoConfiguration {

  /**
   * The client's settings, below {@code sluice.client}.
   *
   * @param url the URL of the producer, with or without {@code /v1}. Default: none; no {@link
   *     SluiceBatches} bean is created.
   * @param apiKey an API key of the producer. Default: none.
   */
  @ConfigurationProperties("sluice.client")
  record Properties(@DefaultValue("") String url, @DefaultValue("") String apiKey) {
    /** Omits the API key: settings are printed in logs and error messages. */
    @Override
    public String toString() {
      return "Properties[url=" + url + "]";
    }
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("sluice.client.url")
  SluiceBatches sluiceBatches(Properties properties) {
    return SluiceBatches.create(URI.create(properties.url()), properties.apiKey());
  }

  /** The beans for tasks over AMQP. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(ConnectionFactory.class)
  @ConditionalOnMissingBean(LlmTasks.class)
  static class Tasks {

    @Bean
    Declarables llmReplyQueue() {
      return LiveQueues.replyQueue();
    }

    @Bean
    LlmTasks llmTasks(
        ConnectionFactory connectionFactory, @Qualifier("llmReplyQueue") Declarables replyQueue) {
      return new LlmTasks(connectionFactory, replyQueue);
    }
  }
}
