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
 * own probes and backoff. Not thread-safe; guarded by the limiter's lock.
 */
final class SourceHolds {
  private static final int MAX_SOURCES = 1_000;

  /** Tasks that wait for their source's probe return after this time. */
  private static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(5).toNanos();

  private static final RouteHold.State OPEN = new RouteHold.State.Open();

  private final Map<String, RouteHold> holds = new LinkedHashMap<>();

  /**
   * Holds that have ended.
   *
   * @param reason of one of them
   */
  record Released(HoldKind kind, String reason, Set<String> sources) {}

  boolean isEmpty() {
    return holds.isEmpty();
  }

  /** Returns the hold of a source; null if it is not held. */
  @Nullable RouteHold of(String source) {
    return holds.get(source);
  }

  /** Returns what the next call of a source must do. */
  RouteHold.State state(String source, long now) {
    RouteHold hold = holds.get(source);
    if (hold == null) {
      return OPEN;
    }
    return hold.state(now) instanceof RouteHold.State.Held held
        ? new RouteHold.State.SourceHeld(
            hold.isProbing() ? now + PROBE_RECHECK_INTERVAL : held.until())
        : hold.state(now);
  }

  /** Returns the hold of a source to extend it; creates it if needed. */
  RouteHold create(String source, long now) {
    holds.values().removeIf(hold -> hold.isIdle(now));
    if (holds.size() >= MAX_SOURCES) {
      holds.remove(holds.keySet().iterator().next());
    }
    return holds.computeIfAbsent(source, unused -> new RouteHold());
  }

  /**
   * A call succeeded: ends the hold of its source, and those of the sources that were held when it
   * was sent. A long rate limit of another source remains: it may be that of another model.
   */
  Optional<Released> onSuccess(String source, long startedAt) {
    return removeIf(
        (held, hold) ->
            held.equals(source)
                || (hold.kind() != HoldKind.RATE_LIMIT && startedAt - hold.since() >= 0));
  }

  Optional<Released> release(HoldKind kind) {
    return removeIf((held, hold) -> hold.kind() == kind);
  }

  void release(HoldKind kind, Collection<String> sources) {
    Optional<Released> unused =
        removeIf((held, hold) -> hold.kind() == kind && sources.contains(held));
  }

  void clear() {
    holds.values().forEach(RouteHold::release);
    holds.clear();
  }

  private Optional<Released> removeIf(BiPredicate<String, RouteHold.Hold> isOver) {
    Set<String> sources = new TreeSet<>();
    RouteHold.Hold last = null;
    Iterator<Map.Entry<String, RouteHold>> all = holds.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, RouteHold> entry = all.next();
      RouteHold.Hold hold = entry.getValue().current();
      if (hold == null) {
        all.remove();
      } else if (isOver.test(entry.getKey(), hold)) {
        entry.getValue().release();
        all.remove();
        sources.add(entry.getKey());
        last = hold;
      }
    }
    return last == null
        ? Optional.empty()
        : Optional.of(new Released(last.kind(), last.reason(), sources));
  }

  /** Returns the hold that ends last, with all sources that have a hold of its kind. */
  LimiterStatus.@Nullable Hold status(long now) {
    holds.values().removeIf(hold -> hold.isIdle(now));
    return holds.values().stream()
        .map(RouteHold::current)
        .flatMap(hold -> Optional.ofNullable(hold).stream())
        .max(Comparator.comparingLong(hold -> hold.until() - now))
        .map(hold -> status(hold, now))
        .orElse(null);
  }

  private LimiterStatus.Hold status(RouteHold.Hold last, long now) {
    Set<String> sources = new TreeSet<>();
    boolean probing = false;
    for (Map.Entry<String, RouteHold> entry : holds.entrySet()) {
      RouteHold.Hold hold = entry.getValue().current();
      if (hold != null && hold.kind() == last.kind()) {
        sources.add(entry.getKey());
        probing |= entry.getValue().isProbing();
      }
    }
    Duration remaining = Duration.ofNanos(Math.max(0, last.until() - now));
    return new LimiterStatus.Hold(
        last.kind(), last.reason(), remaining, probing, sources, true, true);
  }
}
