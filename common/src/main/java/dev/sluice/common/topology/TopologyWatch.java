package dev.sluice.common.topology;

import dev.sluice.common.process.FatalErrors;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.context.SmartLifecycle;

/**
 * Declares the topology again if one of its queues is deleted under a running system: within 2 s,
 * or 30 s for queues that this process checks less often ({@link WatchedQueues}). {@code
 * RabbitAdmin} declares it on new connections only.
 */
public final class TopologyWatch implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(TopologyWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final AmqpAdmin admin;
  private final WatchedQueues queues;

  /** Found missing, and not yet reported as declared. A declaration can fail after some queues. */
  private final Set<String> undeclared = new LinkedHashSet<>();

  private boolean failing;
  private @Nullable Thread thread;

  public TopologyWatch(AmqpAdmin admin, WatchedQueues queues) {
    this.admin = admin;
    this.queues = queues;
  }

  @Override
  public void start() {
    thread = Thread.ofVirtual().name("topology-watch").start(this::run);
  }

  @Override
  public void stop() {
    Thread toEnd = thread;
    thread = null;
    if (toEnd != null) {
      toEnd.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void run() {
    try {
      for (long round = 1; ; round++) {
        Thread.sleep(INTERVAL);
        check(queues.due(round));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  void check(List<String> due) {
    try {
      declareMissing(due);
      failing = false;
    } catch (RuntimeException | Error failure) {
      FatalErrors.endProcessIfFatal(failure);
      if (!failing) {
        log.warn("Cannot check or declare the queues; retrying every 2 s: {}", failure.toString());
      }
      failing = true;
    }
  }

  /**
   * Reads each queue twice, because {@code RabbitAdmin} also returns null for a broken connection.
   */
  private void declareMissing(List<String> due) {
    due.stream().filter(this::isMissing).filter(this::isMissing).forEach(undeclared::add);
    if (undeclared.isEmpty()) {
      return;
    }
    admin.initialize();
    log.warn("Declared deleted queues again: {}. Their messages are lost.", undeclared);
    undeclared.clear();
  }

  private boolean isMissing(String queue) {
    return admin.getQueueInfo(queue) == null;
  }
}
