package dev.sluice.client;

import dev.sluice.client.task.LlmTasks;
import dev.sluice.common.live.LiveQueues;
import java.time.Duration;
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

/**
 * Auto-configures {@link LlmTasks} if RabbitMQ is configured, unless {@code sluice.client.enabled}
 * is false.
 */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@ConditionalOnProperty(name = "sluice.client.enabled", matchIfMissing = true)
@ConditionalOnBean(ConnectionFactory.class)
@ConditionalOnMissingBean(LlmTasks.class)
@EnableConfigurationProperties(SluiceAutoConfiguration.Properties.class)
public class SluiceAutoConfiguration {

  /**
   * The client's settings, below {@code sluice.client}.
   *
   * @param enabled whether the {@link LlmTasks} bean is created. Default: true.
   * @param confirmTimeout maximum wait for the broker's confirm of a task, at least 1 ms. Default:
   *     15s.
   */
  @ConfigurationProperties("sluice.client")
  record Properties(
      @DefaultValue("true") boolean enabled, @DefaultValue("15s") Duration confirmTimeout) {
    Properties {
      if (confirmTimeout.toMillis() < 1) {
        throw new IllegalArgumentException(
            "sluice.client.confirm-timeout (%s) must be at least 1 ms.".formatted(confirmTimeout));
      }
    }
  }

  @Bean
  Declarables llmReplyQueue() {
    return LiveQueues.replyQueue();
  }

  @Bean
  LlmTasks llmTasks(
      ConnectionFactory connectionFactory,
      @Qualifier("llmReplyQueue") Declarables replyQueue,
      Properties properties) {
    return new LlmTasks(connectionFactory, replyQueue, properties.confirmTimeout());
  }
}
