package dev.sluice.producer.collect;

import com.rabbitmq.client.Channel;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.batch.BatchEnded;
import dev.sluice.producer.batch.BrokerRoomFreed;
import dev.sluice.producer.cost.Costs;
import dev.sluice.producer.database.BackgroundWork;
import dev.sluice.producer.database.TransientFailures;
import dev.sluice.producer.loop.LoopNames;
import dev.sluice.producer.loop.LoopWatch;
import dev.sluice.producer.loop.Watched;
import dev.sluice.producer.trace.TaskTraces;
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
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes outcomes in bulk: stored first, then acknowledged by the container when this returns.
 *
 * <p>While the database is away nothing is acknowledged, and the same bulk is tried again.
 */
@Component
class OutcomeCollector implements ChannelAwareBatchMessageListener, Watched {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeCollector.class);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final String UNSTORABLE = "unstorable_outcome";

  private final OutcomeStore store;
  private final Costs costs;
  private final TaskTraces traces;
  private final Clock clock;
  private final ApplicationEventPublisher events;
  private final MeterRegistry metrics;
  private final Timer bulks;
  private final LoopWatch watch = new LoopWatch(LoopNames.COLLECTOR, /* movesTasks= */ true);
  private volatile boolean stopping;

  OutcomeCollector(
      OutcomeStore store,
      Costs costs,
      TaskTraces traces,
      Clock clock,
      ApplicationEventPublisher events,
      MeterRegistry metrics) {
    this.store = store;
    this.costs = costs;
    this.traces = traces;
    this.clock = clock;
    this.events = events;
    this.metrics = metrics;
    this.bulks = metrics.timer("sluice.collect.store");
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
      watch.failed(/* noConnection= */ false);
      throw failed; // the broker delivers the bulk again
    }
    watch.finished();
  }

  private void collect(List<Message> messages) {
    Map<UUID, OutcomeMessage> outcomes = new LinkedHashMap<>();
    for (Message message : messages) {
      read(message).ifPresent(outcome -> add(outcomes, outcome));
    }
    if (!outcomes.isEmpty()) {
      bulks.record(() -> storeUntilStored(outcomes));
    }
  }

  /** Gives up a retry that waits for the database: the broker delivers the bulk again. */
  @EventListener(ContextClosedEvent.class)
  void stopRetrying() {
    stopping = true;
  }

  private void add(Map<UUID, OutcomeMessage> outcomes, OutcomeMessage outcome) {
    try {
      outcomes.merge(
          UUID.fromString(outcome.ids().taskId()),
          outcome,
          (one, other) -> other.ids().run() > one.ids().run() ? other : one);
    } catch (IllegalArgumentException notOurs) {
      LOG.debug("An outcome of the task {}, which is none of ours", outcome.ids().taskId());
      metrics.counter("sluice.collect.ignored", "reason", "external").increment();
    }
  }

  private Optional<OutcomeMessage> read(Message message) {
    try {
      return Optional.of(OutcomeCodec.read(message));
    } catch (RuntimeException broken) {
      LOG.warn(
          "A message in the results queue is no outcome and is passed over: {} (message_id {})",
          broken.getMessage(),
          message.getMessageProperties().getMessageId());
      metrics.counter("sluice.collect.ignored", "reason", "unreadable").increment();
      return Optional.empty();
    }
  }

  private void storeUntilStored(Map<UUID, OutcomeMessage> all) {
    Map<UUID, OutcomeMessage> outcomes = all;
    boolean told = false;
    while (true) {
      try {
        store(outcomes);
        return;
      } catch (DataIntegrityViolationException unfit) {
        storeEach(outcomes, unfit);
        return;
      } catch (DataAccessException | TransactionException away) {
        if (stopping) {
          throw away;
        }
        if (!told) {
          LOG.warn("Outcomes wait in the broker, tried again every second: {}", away.getMessage());
        }
        told = true;

        watch.failed(TransientFailures.isUnreachable(away));
        outcomes = TransientFailures.isUnreachable(away) ? outcomes : storeByBatch(outcomes);
        if (outcomes.isEmpty()) {
          return;
        }
        pauseAfterFailure();
        watch.started();
      }
    }
  }

  /** A batch whose row is locked delays only its own outcomes: those that are left. */
  private Map<UUID, OutcomeMessage> storeByBatch(Map<UUID, OutcomeMessage> outcomes) {
    Map<String, Map<UUID, OutcomeMessage>> byBatch = new HashMap<>();
    outcomes.forEach(
        (id, outcome) ->
            byBatch
                .computeIfAbsent(
                    String.valueOf(outcome.ids().batchId()), batch -> new LinkedHashMap<>())
                .put(id, outcome));
    Map<UUID, OutcomeMessage> left = new LinkedHashMap<>();
    for (Map<UUID, OutcomeMessage> ofOne : byBatch.values()) {
      try {
        store(ofOne);
      } catch (DataAccessException | TransactionException again) {
        LOG.debug("Outcomes of one batch are tried again", again);
        left.putAll(ofOne);
      }
    }
    return left;
  }

  /**
   * One outcome that PostgreSQL cannot hold must not keep the others waiting, nor its batch: its
   * task ends as failed.
   */
  private void storeEach(
      Map<UUID, OutcomeMessage> outcomes, DataIntegrityViolationException failure) {
    if (outcomes.size() > 1) {
      outcomes.forEach((id, outcome) -> storeUntilStored(Map.of(id, outcome)));
      return;
    }
    String reason = String.valueOf(failure.getMostSpecificCause().getMessage());
    outcomes.forEach(
        (id, outcome) -> {
          if (isUnstorable(outcome)) {
            about(outcome).log("Task {} cannot be ended: {}", id, reason);
            metrics.counter("sluice.collect.ignored", "reason", "unstorable").increment();
          } else {
            about(outcome)
                .log("Task {} ends as failed, its outcome cannot be stored: {}", id, reason);
            storeUntilStored(Map.of(id, unstorable(outcome, reason)));
          }
        });
  }

  private static LoggingEventBuilder about(OutcomeMessage outcome) {
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
        new Failure(UNSTORABLE, "The outcome came but cannot be stored: " + reason),
        CallStats.none(1, 0, "collector"),
        outcome.body());
  }

  private static boolean isUnstorable(OutcomeMessage outcome) {
    Failure failure = outcome.failure();
    return failure != null && failure.code().equals(UNSTORABLE);
  }

  private void store(Map<UUID, OutcomeMessage> outcomes) {
    Instant began = clock.instant();
    OutcomeStore.StoredOutcome storedOutcome = store.store(outcomes);
    traces.recordStored(outcomes.values(), began);
    for (OutcomeMessage outcome : outcomes.values()) {
      metrics
          .counter(
              "sluice.collect.outcomes",
              "kind",
              outcome.kind().wireName(),
              "route",
              outcome.ids().route())
          .increment();
    }
    costs.count(storedOutcome.taken());
    int repeated = outcomes.size() - storedOutcome.changed();
    metrics.counter("sluice.collect.ignored", "reason", "duplicate_or_unknown").increment(repeated);
    if (storedOutcome.changed() > 0) {
      events.publishEvent(new BrokerRoomFreed());
    }
    storedOutcome.ended().forEach(batch -> events.publishEvent(new BatchEnded(batch)));
  }

  private static void pauseAfterFailure() {
    try {
      Thread.sleep(BETWEEN_TRIES);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for the database", stopped);
    }
  }
}
