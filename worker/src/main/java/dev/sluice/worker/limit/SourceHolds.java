package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The holds of single sources of a route: all their calls fail, and no other source's. Each has its
 * own probes and backoff. An open source has no entry. Not thread-safe; guarded by the limiter's
 * lock.
 */
final class SourceHolds {
  /** Tasks that make room for a probe return after this time. */
  static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(5).toNanos();

  private static final int MAX_SOURCES = 1_000;

  /** A source without a probe for this time after its hold has no tasks any more. */
  private static final long IDLE_AFTER = Duration.ofMinutes(2).toNanos();

  private final Map<String, HoldState> holds = new LinkedHashMap<>();

  /** The generation of the latest entry: a probe of a removed entry matches no later one. */
  private int generation;

  boolean isEmpty() {
    return holds.isEmpty();
  }

  /** Returns the state of a source; null if it is open. */
  @Nullable HoldState of(CallOrigin origin) {
    return holds.isEmpty() ? null : holds.get(origin.source());
  }

  /** Returns what the next call of a source must do. */
  HoldAdmission admission(CallOrigin origin, long now) {
    HoldState state = of(origin);
    if (state == null) {
      return new HoldAdmission.Open();
    }
    HoldAdmission admission = state.admission(now);
    return admission instanceof HoldAdmission.Held held
        ? new HoldAdmission.SourceHeld(
            state.probes() > 0 ? now + PROBE_RECHECK_INTERVAL : held.until())
        : admission;
  }

  /** Holds a source, or extends its hold. */
  void hold(String source, HoldState.Event event, long now) {
    expire(now);
    if (holds.size() >= MAX_SOURCES) {
      holds.remove(holds.keySet().iterator().next());
    }
    HoldState state = holds.computeIfAbsent(source, open -> new HoldState.Open(++generation, 0));
    holds.put(source, state.on(event, now).next());
  }

  /** Returns the number of consecutive holds of a source, for the backoff. */
  int consecutiveHolds(CallOrigin origin, long now) {
    expire(now);
    HoldState state = of(origin);
    return state == null ? 0 : state.consecutiveHolds();
  }

  void onProbeSent(CallOrigin origin, long now) {
    holds.computeIfPresent(
        origin.source(), (source, state) -> state.on(new HoldState.Event.ProbeSent(), now).next());
  }

  /** Returns whether it is still a probe: the hold has not ended since it was sent. */
  boolean onProbeEnded(String source, int probesGeneration, long now) {
    HoldState state = holds.get(source);
    if (state == null || state.generation() != probesGeneration) {
      return false;
    }
    holds.put(source, state.on(new HoldState.Event.ProbeEnded(probesGeneration), now).next());
    return true;
  }

  /**
   * A call succeeded: ends the hold of its source, and those of the sources that were held when it
   * was sent. A long rate limit of another source remains: it may be that of another model.
   */
  Optional<HoldAnnouncement> onSuccess(CallOrigin origin, long startedAt) {
    return removeIf(
        (held, hold) ->
            held.equals(origin.source())
                || (hold.kind() != HoldKind.RATE_LIMIT && startedAt - hold.since() >= 0));
  }

  /** Ends the holds of this kind, and returns whether there were any. */
  boolean release(HoldKind kind) {
    return removeIf((held, hold) -> hold.kind() == kind).isPresent();
  }

  void release(HoldKind kind, Collection<String> sources) {
    Optional<HoldAnnouncement> unused =
        removeIf((held, hold) -> hold.kind() == kind && sources.contains(held));
  }

  void clear() {
    holds.clear();
  }

  /** Returns the announcement for the peers; empty if no hold has ended. */
  private Optional<HoldAnnouncement> removeIf(BiPredicate<String, HoldState.Hold> isOver) {
    Set<String> sources = new TreeSet<>();
    HoldState.Hold last = null;
    Iterator<Map.Entry<String, HoldState>> all = holds.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, HoldState> entry = all.next();
      HoldState.Hold hold = entry.getValue().current();
      if (hold != null && isOver.test(entry.getKey(), hold)) {
        all.remove();
        sources.add(entry.getKey());
        last = hold;
      }
    }
    return last == null
        ? Optional.empty()
        : Optional.of(new HoldAnnouncement.SourceRelease(last.kind(), last.reason(), sources));
  }

  /** Returns the hold that ends last, with all sources that have a hold of its kind. */
  LimiterStatus.@Nullable Hold status(long now) {
    expire(now);
    return holds.values().stream()
        .flatMap(state -> Optional.ofNullable(state.current()).stream())
        .max(Comparator.comparingLong(hold -> hold.until() - now))
        .map(hold -> status(hold, now))
        .orElse(null);
  }

  private LimiterStatus.Hold status(HoldState.Hold last, long now) {
    Set<String> sources = new TreeSet<>();
    boolean probing = false;
    for (Map.Entry<String, HoldState> entry : holds.entrySet()) {
      HoldState.Hold hold = entry.getValue().current();
      if (hold != null && hold.kind() == last.kind()) {
        sources.add(entry.getKey());
        probing |= entry.getValue().probes() > 0;
      }
    }
    return new LimiterStatus.Hold(
        last.kind(), last.reason(), last.remaining(now), probing, sources, true, true);
  }

  private void expire(long now) {
    holds
        .values()
        .removeIf(
            state -> {
              HoldState.Hold hold = state.current();
              return hold == null || (state.probes() == 0 && now - hold.until() > IDLE_AFTER);
            });
  }
}
