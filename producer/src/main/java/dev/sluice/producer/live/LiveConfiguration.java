package dev.sluice.producer.live;

import dev.sluice.common.live.LiveQueues;
import java.util.Objects;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The road of live calls: a connection of its own with confirms, and a queue of this producer alone
 * on which the workers answer.
 */
@Configuration(proxyBeanMethods = false)
class LiveConfiguration {
  private static final int CHANNELS = 256;
  private static final int PREFETCH = 250;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 1000;

  /** Lower phases stop later: whoever still waits at the web server hears of his call here. */
  private static final int AFTER_THE_LAST_CALL =
      WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;

  @Bean
  Declarables replyQueue() {
    return LiveQueues.replyQueue();
  }

  @Bean
  LiveTaskPublisher taskSender(
      CachingConnectionFactory brokers, @Qualifier("replyQueue") Declarables queues) {
    CachingConnectionFactory publishers =
        (CachingConnectionFactory)
            Objects.requireNonNull(brokers.getPublisherConnectionFactory(), "it caches channels");
    publishers.setPublisherConfirmType(ConfirmType.CORRELATED);
    publishers.setPublisherReturns(true);
    publishers.setChannelCacheSize(CHANNELS);
    RabbitTemplate template = new RabbitTemplate(publishers);
    template.setMandatory(true);
    template.setReturnsCallback(nobody -> {}); // who sent it looks at the confirm
    LiveTaskPublisher sender = new LiveTaskPublisher(template, name(queues));
    brokers.addConnectionListener(sender);
    return sender;
  }

  @Bean
  SimpleMessageListenerContainer replyContainer(
      CachingConnectionFactory brokers,
      @Qualifier("replyQueue") Declarables queues,
      LiveCallRegistry calls) {
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setQueueNames(name(queues));
    container.setAcknowledgeMode(AcknowledgeMode.NONE); // a part that is lost shows in the next
    container.setPrefetchCount(PREFETCH);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setPhase(AFTER_THE_LAST_CALL);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false);
    container.setDeclarationRetries(1);
    container.setFailedDeclarationRetryInterval(RECONNECT_MILLIS);
    container.setMessageListener(calls);
    container.setPhase(AFTER_THE_LAST_CALL);
    return container;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> hangUps() {
    return tomcat ->
        tomcat.addContextCustomizers(
            context -> context.getParent().getPipeline().addValve(new ClientDisconnectValve()));
  }

  private static String name(Declarables queues) {
    return queues.getDeclarablesByType(Queue.class).getFirst().getName();
  }
}
