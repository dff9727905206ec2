package dev.sluice.producer.live;

import dev.sluice.common.live.LiveQueues;
import dev.sluice.producer.infrastructure.broker.ListenerContainers;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.amqp.autoconfigure.CachingConnectionFactoryConfigurer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the AMQP side of live calls: a publisher connection with confirms, and an exclusive
 * queue on which workers reply to this producer.
 */
@Configuration(proxyBeanMethods = false)
class LiveConfiguration {
  private static final int CHANNELS = 256;
  private static final int PREFETCH = 250;

  /** Lower phases stop later: the reply consumer outlives the calls that the web server drains. */
  private static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;

  @Bean
  Declarables replyQueue() {
    return LiveQueues.replyQueue();
  }

  /** Has its own connection, because the other publishers handle confirms themselves. */
  @Bean(destroyMethod = "close")
  LiveTaskPublisher liveTaskPublisher(
      CachingConnectionFactory brokers,
      CachingConnectionFactoryConfigurer configurer,
      @Qualifier("replyQueue") Declarables queues) {
    CachingConnectionFactory publishers =
        new CachingConnectionFactory(brokers.getRabbitConnectionFactory());
    configurer.configure(publishers);
    publishers.setPublisherConfirmType(ConfirmType.CORRELATED);
    publishers.setPublisherReturns(true);
    publishers.setChannelCacheSize(CHANNELS);
    RabbitTemplate template = new RabbitTemplate(publishers);
    template.setMandatory(true);
    template.setReturnsCallback(
        returned -> {}); // LiveCallHandler checks CorrelationData.getReturned
    LiveTaskPublisher publisher = new LiveTaskPublisher(template, name(queues));
    brokers.addConnectionListener(publisher);
    publishers.addConnectionListener(publisher);
    publishers.addConnectionListener(publisher.publisherConnectionListener());
    return publisher;
  }

  /** Loses no chunk unnoticed without acknowledgements, because chunks are numbered. */
  @Bean
  SimpleMessageListenerContainer replyContainer(
      ListenerContainers containers,
      @Qualifier("replyQueue") Declarables queues,
      LiveCallRegistry calls) {
    SimpleMessageListenerContainer container = containers.ofExclusiveQueue(calls, PREFETCH);
    container.setQueueNames(name(queues));
    container.setPhase(PHASE);
    return container;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> clientDisconnectValve() {
    return tomcat ->
        tomcat.addContextCustomizers(
            context -> context.getParent().getPipeline().addValve(new ClientDisconnectValve()));
  }

  /** Passes {@code %2F} in paths to the controllers; Tomcat would reject it. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
    return tomcat ->
        tomcat.addConnectorCustomizers(
            connector ->
                connector.setEncodedSolidusHandling(
                    EncodedSolidusHandling.PASS_THROUGH.getValue()));
  }

  private static String name(Declarables queues) {
    return queues.getDeclarablesByType(Queue.class).getFirst().getName();
  }
}
