package dev.sluice.common.topology;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;

class TopologyWatchTest {
  private static final List<String> QUEUES = List.of("a", "b");

  private final Set<String> declared = new HashSet<>(QUEUES);
  private final Logger logger = (Logger) LoggerFactory.getLogger(TopologyWatch.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final TopologyWatch watch = new TopologyWatch(admin(), new WatchedQueues(QUEUES, QUEUES));
  private boolean declarationFails;
  private int declarations;

  @BeforeEach
  void recordLog() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void restoreLog() {
    logger.detachAppender(log);
  }

  @Test
  void declaresNothingWhileAllQueuesExist() {
    watch.check(QUEUES);

    assertThat(declarations).isZero();
    assertThat(messages()).isEmpty();
  }

  @Test
  void reportsDeletedQueuesOnce() {
    declared.clear();

    watch.check(QUEUES);
    watch.check(QUEUES);

    assertThat(declarations).isOne();
    assertThat(messages())
        .containsExactly("Declared deleted queues again: [a, b]. Their messages are lost.");
  }

  @Test
  void reportsQueuesWhoseDeclarationFailedAfterTheQueueWasDeclared() {
    declared.remove("b");
    declarationFails = true;
    watch.check(QUEUES);
    assertThat(declared).contains("b");

    declarationFails = false;
    watch.check(QUEUES);

    assertThat(declarations).isEqualTo(2);
    assertThat(messages())
        .hasSize(2)
        .contains("Declared deleted queues again: [b]. Their messages are lost.");
  }

  private List<String> messages() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** Declares all queues, and then fails while {@link #declarationFails}. */
  private AmqpAdmin admin() {
    return (AmqpAdmin)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {AmqpAdmin.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getQueueInfo" -> information((String) arguments[0]);
                  case "initialize" -> {
                    declare();
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private @Nullable QueueInformation information(String queue) {
    return declared.contains(queue) ? new QueueInformation(queue, 0, 0) : null;
  }

  private void declare() {
    declarations++;
    declared.addAll(QUEUES);
    if (declarationFails) {
      throw new AmqpIOException(new IOException("channel closed"));
    }
  }
}
