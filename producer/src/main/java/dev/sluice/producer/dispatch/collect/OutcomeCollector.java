package dev.sluice.producer.dispatch.collect;

import com.rabbitmq.client.Channel;
import dev.sluice.common.process.FatalErrors;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.BatchTasksFinished;
import dev.sluice.producer.batch.TasksFinished;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.history.HourlyHistory;
import dev.sluice.producer.infrastructure.database.BackgroundWork;
import dev.sluice.producer.infrastructure.database.TransientFailures;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.infrastructure.loop.LoopWatchSource;
import dev.sluice.producer.infrastructure.trace.TaskTraces;
import dev.sluice.producer.store.BatchId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Stores outcomes in bulk. The container acknowledges them when the listener returns.
 *
 * <p>While the database is unavailable, it acknowledges nothing and retries the same outcomes.
 */
@Component
class OutcomeCollector implements ChannelAwareBatchMessageListener, LoopWatchSource {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeCollector.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final String UNSTORABLE = "unstorable_outcome";

  private final OutcomeStore store;
  private final Costs costs;
  private final HourlyHistory history;
  private final TaskTraces traces;
  private final Clock clock;
  private final ApplicationEventPublisher events;
  private final MeterRegistry metrics;
  private final Timer storeTimer;
  private final LoopWatch watch = new LoopWatch(LoopNames.COLLECTOR, /* movesTasks= */ true);
  private volatile boolean stopping;

  OutcomeCollector(
      OutcomeStore store,
      Costs costs,
      HourlyHistory history,
      TaskTraces traces,
      Clock clock,
      ApplicationEventPublisher events,
      MeterRegistry metrics) {
    this.store = store;
    this.costs = costs;
    this.history = history;
    this.traces = traces;
    this.clock = clock;
    this.events = events;
    this.metrics = metrics;
    this.storeTimer = metrics.timer("sluice.collect.store");
  }

  @Override
  public List<LoopWatch> watches() {
    return List.of(watch);
  }

  @Override
  public void onMessageBatch(List<Message> messages, @Nullable Channel channel) {
    watch.started();
    try {
      BackgroundWork.run(() -> collect(messages));
    } catch (RuntimeException | Error failed) {
      FatalErrors.endProcessIfFatal(failed);
      watch.failed(/* noConnection= */ false);
      throw failed; // the broker delivers the outcomes again
    }
    watch.finished();
  }

  private void collect(List<Message> messages) {
    Map<UUID, OutcomeMessage> outcomes = new LinkedHashMap<>();
    for (Message message : messages) {
      read(message).ifPresent(outcome -> add(outcomes, outcome));
    }
    if (!outcomes.isEmpty()) {
      storeTimer.record(() -> storeWithRetry(outcomes));
    }
  }

  /** Ends the retries at shutdown: the broker delivers the outcomes again. */
  @EventListener(ContextClosedEvent.class)
  void stopRetrying() {
    stopping = true;
  }

  private void add(Map<UUID, OutcomeMessage> outcomes, OutcomeMessage outcome) {
    try {
      outcomes.merge(
          UUID.fromString(outcome.ids().taskId()),
          outcome,
          (first, second) -> second.ids().run() > first.ids().run() ? second : first);
    } catch (IllegalArgumentException notUuid) {
      LOG.debug("Ignored the outcome of external task {}", outcome.ids().taskId());
      metrics.counter("sluice.collect.ignored", "reason", "external").increment();
    }
  }

  private Optional<OutcomeMessage> read(Message message) {
    try {
      return Optional.of(OutcomeCodec.read(message));
    } catch (RuntimeException unreadable) {
      LOG.warn(
          "Ignored a message in the results queue that is not a valid outcome: {} (message_id {})",
          unreadable.getMessage(),
          message.getMessageProperties().getMessageId());
      metrics.counter("sluice.collect.ignored", "reason", "unreadable").increment();
      return Optional.empty();
    }
  }

  private void storeWithRetry(Map<UUID, OutcomeMessage> all) {
    Map<UUID, OutcomeMessage> outcomes = all;
    boolean logged = false;
    while (true) {
      try {
        store(outcomes);
        return;
      } catch (DataAccessException | TransactionException failed) {
        if (failed instanceof DataAccessException rejected
            && !TransientFailures.isTransient(rejected)) {
          storeEach(outcomes, rejected);
          return;
        }
        if (stopping) {
          throw failed;
        }
        if (!logged) {
          LOG.warn(
              "Cannot store outcomes; they stay in the broker and are retried every second: {}",
              failed.getMessage());
        }
        logged = true;
        watch.failed(TransientFailures.isUnreachable(failed));
        outcomes = TransientFailures.isUnreachable(failed) ? outcomes : storeByBatch(outcomes);
        if (outcomes.isEmpty()) {
          return;
        }
        pauseAfterFailure();
        watch.started();
      }
    }
  }

  /**
   * Stores the outcomes of each batch in its own transaction, so that a locked row delays only the
   * outcomes of its batch. Returns the outcomes that were not stored.
   */
  private Map<UUID, OutcomeMessage> storeByBatch(Map<UUID, OutcomeMessage> outcomes) {
    Map<String, Map<UUID, OutcomeMessage>> byBatch = new HashMap<>();
    outcomes.forEach(
        (id, outcome) ->
            byBatch
                .computeIfAbsent(
                    String.valueOf(outcome.ids().batchId()), batch -> new LinkedHashMap<>())
                .put(id, outcome));
    Map<UUID, OutcomeMessage> remaining = new LinkedHashMap<>();
    for (Map<UUID, OutcomeMessage> ofBatch : byBatch.values()) {
      try {
        store(ofBatch);
      } catch (DataAccessException | TransactionException failed) {
        LOG.debug("Cannot store the outcomes of one batch; they are retried", failed);
        remaining.putAll(ofBatch);
      }
    }
    return remaining;
  }

  /**
   * Stores the outcomes one by one. An outcome that PostgreSQL rejects must not block the others or
   * its batch, so its task finishes as failed.
   */
  private void storeEach(Map<UUID, OutcomeMessage> outcomes, DataAccessException failure) {
    if (outcomes.size() > 1) {
      outcomes.forEach((id, outcome) -> storeWithRetry(Map.of(id, outcome)));
      return;
    }
    String reason = String.valueOf(failure.getMostSpecificCause().getMessage());
    outcomes.forEach(
        (id, outcome) -> {
          if (isUnstorable(outcome)) {
            logError(outcome).log("Cannot store the outcome of task {}: {}", id, reason);
            metrics.counter("sluice.collect.ignored", "reason", "unstorable").increment();
          } else {
            logError(outcome)
                .log("Task {} finishes as failed; PostgreSQL rejects its outcome: {}", id, reason);
            storeWithRetry(Map.of(id, unstorable(outcome, reason)));
          }
        });
  }

  private static LoggingEventBuilder logError(OutcomeMessage outcome) {
    TaskIds ids = outcome.ids();
    return LOG.atError()
        .addKeyValue("task", ids.taskId())
        .addKeyValue("batch", ids.batchId())
        .addKeyValue("route", ids.route())
        .addKeyValue("attempt", outcome.stats().attempts());
  }

  private static OutcomeMessage unstorable(OutcomeMessage outcome, String reason) {
    return OutcomeMessage.failed(
        outcome.ids(),
        new Failure(UNSTORABLE, "PostgreSQL rejects the outcome: " + reason),
        CallStats.none(1, 0, "collector"),
        outcome.body());
  }

  private static boolean isUnstorable(OutcomeMessage outcome) {
    Failure failure = outcome.failure();
    return failure != null && failure.code().equals(UNSTORABLE);
  }

  private record CountedKind(OutcomeKind kind, String route) {}

  private void store(Map<UUID, OutcomeMessage> outcomes) {
    Instant start = clock.instant();
    OutcomeStore.StoredOutcomes stored = store.store(outcomes);
    traces.recordStored(outcomes.values(), start);
    outcomes.values().stream()
        .collect(
            Collectors.groupingBy(
                outcome -> new CountedKind(outcome.kind(), outcome.ids().route()),
                Collectors.counting()))
        .forEach(
            (counted, count) ->
                metrics
                    .counter(
                        "sluice.collect.outcomes",
                        "kind",
                        counted.kind().wireName(),
                        "route",
                        counted.route())
                    .increment(count));
    costs.count(stored.usage());
    history.add(stored.byRoute());
    int ignored = outcomes.size() - stored.changed();
    metrics.counter("sluice.collect.ignored", "reason", "duplicate_or_unknown").increment(ignored);
    if (stored.changed() > 0) {
      events.publishEvent(new TasksFinished());
    }
    stored.stopped().forEach(this::publishStopped);
    stored.finished().forEach(batch -> events.publishEvent(new BatchTasksFinished(batch)));
  }

  private void publishStopped(BatchId batch) {
    LOG.atInfo()
        .addKeyValue("batch", batch)
        .log("Paused batch {}: its stop condition is met", batch);
    events.publishEvent(new BatchSuspended(batch));
  }

  private static void pauseAfterFailure() {
    try {
      Thread.sleep(RETRY_DELAY);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the database", stopped);
    }
  }
}
