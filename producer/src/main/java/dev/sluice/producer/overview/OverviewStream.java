package dev.sluice.producer.overview;

import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
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
 * All who look at a page. While somebody does, one snapshot a second is made, written once, and
 * sent to everybody; who reads too slowly gets a later one.
 */
@Component
class OverviewStream extends BackgroundTask {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Then the page asks again, and its key is looked at anew. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final SnapshotAssembler snapshotAssembler;
  private final Throughput throughput;
  private final JsonMapper json;
  private final Timer made;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean leaving;
  private final BackgroundLoop loop = new BackgroundLoop("overview", EVERY, this::round);

  OverviewStream(
      SnapshotAssembler snapshotAssembler,
      Throughput throughput,
      JsonMapper json,
      MeterRegistry metrics) {
    this.snapshotAssembler = snapshotAssembler;
    this.throughput = throughput;
    this.json = json;
    this.made =
        Timer.builder("sluice.overview.snapshot")
            .description("Making one snapshot for all pages that are open")
            .register(metrics);
    Gauge.builder("sluice.overview.subscribers", listeners, List::size)
        .description("Pages that are open")
        .register(metrics);
  }

  /** One page. */
  private record Listener(ProjectScope sight, SseEmitter emitter, AtomicBoolean sending) {}

  /** Somebody looks from now on. */
  SseEmitter join(ProjectScope projectScope) throws IOException {
    SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
    Listener listener = new Listener(projectScope, emitter, new AtomicBoolean());
    emitter.onCompletion(() -> listeners.remove(listener));
    emitter.onTimeout(emitter::complete);
    emitter.onError(gone -> listeners.remove(listener));
    emitter.send(SseEmitter.event().name("history").data(text(throughput.history())));
    listeners.add(listener);
    if (leaving) {
      emitter.complete();
    }
    wake();
    return emitter;
  }

  /** A page that is open must not keep a producer that takes its leave: it asks another one. */
  @EventListener(ContextClosedEvent.class)
  void leave() {
    leaving = true;
    listeners.forEach(listener -> listener.emitter().complete());
  }

  private boolean round() {
    if (!listeners.isEmpty()) {
      made.record(this::tellAll);
    }
    return false;
  }

  private void tellAll() {
    Set<ProjectScope> sights = listeners.stream().map(Listener::sight).collect(Collectors.toSet());
    Map<ProjectScope, Snapshot> now = snapshotAssembler.of(sights);
    now.forEach(
        (projectScope, snapshot) -> {
          String written = text(snapshot);
          listeners.stream()
              .filter(listener -> listener.sight().equals(projectScope))
              .forEach(listener -> tell(listener, written));
        });
  }

  private void tell(Listener listener, String snapshot) {
    if (!listener.sending().compareAndSet(false, true)) {
      return;
    }
    Thread.startVirtualThread(
        () -> {
          try {
            listener.emitter().send(SseEmitter.event().name("now").data(snapshot));
          } catch (IOException | IllegalStateException gone) {
            listeners.remove(listener);
          } finally {
            listener.sending().set(false);
          }
        });
  }

  private String text(Object value) {
    return json.writeValueAsString(value);
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
