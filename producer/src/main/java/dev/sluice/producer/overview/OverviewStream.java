package dev.sluice.producer.overview;

import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes one snapshot per second to all open pages by server-sent events. Slow readers skip
 * snapshots. Builds no snapshot while no page is open.
 */
@Component
class OverviewStream extends SingleLoopTask {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** An opened page ends the pause. */
  private static final Duration IDLE_INTERVAL = Duration.ofMinutes(1);

  /** Maximum duration of a stream. The page then reconnects, and its API key is checked again. */
  private static final Duration MAX_DURATION = Duration.ofMinutes(5);

  private final SnapshotAssembler snapshotAssembler;
  private final Throughput throughput;
  private final JsonMapper json;
  private final Timer snapshotTimer;
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  private volatile boolean stopping;

  OverviewStream(
      SnapshotAssembler snapshotAssembler,
      Throughput throughput,
      JsonMapper json,
      MeterRegistry metrics) {
    super("overview", INTERVAL, IDLE_INTERVAL);
    this.snapshotAssembler = snapshotAssembler;
    this.throughput = throughput;
    this.json = json;
    this.snapshotTimer =
        Timer.builder("sluice.overview.snapshot")
            .description("Time to build one snapshot for all open pages")
            .register(metrics);
    Gauge.builder("sluice.overview.subscribers", subscribers, List::size)
        .description("Open pages")
        .register(metrics);
  }

  /** One open page. */
  private record Subscriber(ProjectScope scope, SseEmitter emitter, AtomicBoolean sending) {}

  /** Adds a page and sends it the history. */
  SseEmitter subscribe(ProjectScope projectScope) throws IOException {
    SseEmitter emitter = new SseEmitter(MAX_DURATION.toMillis());
    Subscriber subscriber = new Subscriber(projectScope, emitter, new AtomicBoolean());
    emitter.onCompletion(() -> subscribers.remove(subscriber));
    emitter.onTimeout(emitter::complete);
    emitter.onError(failure -> subscribers.remove(subscriber));
    emitter.send(SseEmitter.event().name("history").data(text(throughput.history())));
    subscribers.add(subscriber);
    if (stopping) {
      emitter.complete();
    }
    wake();
    return emitter;
  }

  /** Ends all streams at shutdown, so that open pages do not delay it. */
  @EventListener(ContextClosedEvent.class)
  void endStreams() {
    stopping = true;
    subscribers.forEach(subscriber -> subscriber.emitter().complete());
  }

  @Override
  protected boolean isIdle() {
    return subscribers.isEmpty();
  }

  @Override
  protected boolean round() {
    if (!subscribers.isEmpty()) {
      snapshotTimer.record(this::publish);
    }
    return false;
  }

  private void publish() {
    Set<ProjectScope> scopes =
        subscribers.stream().map(Subscriber::scope).collect(Collectors.toSet());
    Map<ProjectScope, Snapshot> now = snapshotAssembler.assemble(scopes);
    now.forEach(
        (projectScope, snapshot) -> {
          String data = text(snapshot);
          subscribers.stream()
              .filter(subscriber -> subscriber.scope().equals(projectScope))
              .forEach(subscriber -> send(subscriber, data));
        });
  }

  private void send(Subscriber subscriber, String snapshot) {
    if (!subscriber.sending().compareAndSet(false, true)) {
      return;
    }
    Thread.startVirtualThread(
        () -> {
          try {
            subscriber.emitter().send(SseEmitter.event().name("now").data(snapshot));
          } catch (IOException | IllegalStateException disconnected) {
            subscribers.remove(subscriber);
          } finally {
            subscriber.sending().set(false);
          }
        });
  }

  private String text(Object value) {
    return json.writeValueAsString(value);
  }
}
