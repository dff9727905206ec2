package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.ConfirmListener;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class TaskPublisherTest {
  private final Queue<Wait> waits = new ArrayDeque<>();
  private @Nullable ConfirmCallback acks;
  private long sent;

  private final Channel channel =
      fake(
          Channel.class,
          Map.of(
              "getNextPublishSeqNo", arguments -> sent + 1,
              "basicPublish", arguments -> ++sent,
              "isOpen", arguments -> true,
              "addConfirmListener",
                  arguments -> {
                    acks = (ConfirmCallback) arguments[0];
                    return fake(ConfirmListener.class, Map.of());
                  }));
  private final Connection connection =
      fake(Connection.class, Map.of("createChannel", arguments -> channel));
  private @Nullable BlockedListener alarms;
  private final TaskPublisher publisher =
      new TaskPublisher(
          fake(
              ConnectionFactory.class,
              Map.of(
                  "createConnection",
                  arguments -> connection,
                  "addConnectionListener",
                  arguments -> alarms = (BlockedListener) arguments[0])));

  @Test
  void interruptDuringTheWaitLosesNoConfirm() {
    waits.add(
        () -> {
          throw new InterruptedException();
        });
    waits.add(() -> ack(3, true));
    TaskPublisher.PublishedTasks publishedTasks = publisher.publish(tasks());
    assertThat(publishedTasks.confirmed()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(publishedTasks.interrupted()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void tasksConfirmedBeforeTheTimeoutAreReturned() {
    waits.add(
        () -> {
          ack(2, false);
          throw new TimeoutException();
        });
    TaskPublisher.PublishedTasks publishedTasks = publisher.publish(tasks());
    assertThat(publishedTasks.confirmed()).containsExactly("b");
    assertThat(publishedTasks.written()).isTrue();
    assertThat(publishedTasks.interrupted()).isFalse();
  }

  @Test
  void interruptedThreadPublishesNothing() {
    Thread.currentThread().interrupt();
    try {
      assertThat(publisher.publish(tasks())).isEqualTo(TaskPublisher.PublishedTasks.NOTHING);
      assertThat(sent).isZero();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void alarmProlongsTheWaitForTheConfirms() {
    waits.add(
        () -> {
          alarms().handleBlocked("low on memory");
          throw new TimeoutException();
        });
    waits.add(
        () -> {
          alarms().handleUnblocked();
          ack(3, true);
        });
    assertThat(publisher.publish(tasks()).confirmed()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void interruptEndsTheWaitDuringAnAlarm() {
    waits.add(
        () -> {
          alarms().handleBlocked("low on memory");
          throw new InterruptedException();
        });
    waits.add(
        () -> {
          throw new TimeoutException();
        });
    assertThat(publisher.publish(tasks()).interrupted()).isTrue();
  }

  @Test
  void nothingIsPublishedDuringAnAlarm() throws Exception {
    alarms().handleBlocked("low on memory");
    assertThat(publisher.publish(tasks())).isEqualTo(TaskPublisher.PublishedTasks.NOTHING);
    assertThat(publisher.acceptsPublishes()).isFalse();
    assertThat(sent).isZero();

    alarms().handleUnblocked();
    waits.add(() -> {});
    waits.add(() -> {});
    assertThat(publisher.acceptsPublishes()).isTrue();
    assertThat(sent).isEqualTo(2);
  }

  @Test
  void brokerIsNotCalledInATransaction() {
    TransactionSynchronizationManager.setActualTransactionActive(true);
    try {
      assertThatThrownBy(() -> publisher.publish(tasks()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("database transaction");
    } finally {
      TransactionSynchronizationManager.clear();
    }
  }

  private BlockedListener alarms() {
    return Objects.requireNonNull(alarms);
  }

  private void ack(long tag, boolean multiple) throws IOException {
    Objects.requireNonNull(acks).handle(tag, multiple);
  }

  private static List<TaskMessage> tasks() {
    return List.of(task("a"), task("b"), task("c"));
  }

  /** A proxy with the given methods; all others do nothing. */
  private <T> T fake(Class<T> type, Map<String, Function<Object[], Object>> methods) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals("waitForConfirms")) {
                waits.remove().run();
                return true;
              }
              Function<Object[], Object> implementation = methods.get(method.getName());
              return implementation == null ? null : implementation.apply(arguments);
            });
    return type.cast(proxy);
  }

  /** The events during one wait for confirms. */
  private interface Wait {
    void run() throws InterruptedException, TimeoutException, IOException;
  }

  private static TaskMessage task(String id) {
    TaskIds ids = new TaskIds(id, null, "/v1/embeddings", "route", Lane.BATCH, id, null);
    return TaskMessage.first(ids, Instant.EPOCH, null, Payload.of("{}"));
  }
}
