package dev.sluice.worker.limit;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sources whose failures hold a route. These sources may themselves be the cause; therefore the
 * calls of other sources are the better probes.
 *
 * <pre>
 *   caller           hold not over                         hold over
 *   a suspect        makes room                            probe, if only suspects wait;
 *                                                          else makes room
 *   any other        probe immediately, one at a time,     probe
 *                    unless the last one was throttled;
 *                    else waits
 * </pre>
 *
 * <p>With many suspects it is an outage: then all callers wait for the end of the hold.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class Suspects {
  /** In an outage, this many sources send a probe before the first one is due. */
  private static final int MAX = 10;

  private Set<String> sources = Set.of();
  private int earlyProbes;

  /** The rate limit of the last early probe, which does not extend the hold. */
  private long noEarlyProbeUntil;

  Suspects(long now) {
    this.noEarlyProbeUntil = now;
  }

  Set<String> sources() {
    return sources;
  }

  /** Returns the sources that wait for the due probe; empty for all. */
  Set<String> withoutEarlyProbe() {
    return sources.size() < MAX ? sources : Set.of();
  }

  void add(Set<String> more) {
    Set<String> all = new TreeSet<>(sources);
    all.addAll(more);
    sources = all;
  }

  void clear() {
    sources = Set.of();
  }

  /** Whether a probe of this origin need not wait for the end of the hold. */
  boolean isEarlyProbe(CallOrigin origin) {
    return !sources.isEmpty() && !contains(origin);
  }

  void onEarlyProbeSent() {
    earlyProbes++;
  }

  void onEarlyProbeEnded() {
    earlyProbes--;
  }

  void delayEarlyProbes(long until) {
    noEarlyProbeUntil = until;
  }

  /**
   * Returns what the next caller must do.
   *
   * @param route the state of the route's hold, which ends by a probe
   * @param waiting the origins of all waiting calls
   */
  HoldAdmission admission(
      HoldState route, CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    HoldAdmission admission = route.admission(now);
    if (sources.isEmpty()) {
      return admission;
    }
    return contains(origin)
        ? ofSuspect(admission, route.probes() > 0, waiting, now)
        : ofOther(admission, now);
  }

  private HoldAdmission ofSuspect(
      HoldAdmission admission, boolean isProbing, Collection<CallOrigin> waiting, long now) {
    return switch (admission) {
      case HoldAdmission.Held held ->
          new HoldAdmission.SourceHeld(
              isProbing ? now + SourceHolds.PROBE_RECHECK_INTERVAL : held.until());
      case HoldAdmission.Probe probe when !waiting.stream().allMatch(this::contains) ->
          new HoldAdmission.SourceHeld(now + SourceHolds.PROBE_RECHECK_INTERVAL);
      case HoldAdmission.Probe probe -> probe;
      case HoldAdmission.Open open -> open;
      case HoldAdmission.SourceHeld held -> held;
    };
  }

  private HoldAdmission ofOther(HoldAdmission admission, long now) {
    if (earlyProbes > 0 || sources.size() >= MAX) {
      return admission;
    }
    if (now - noEarlyProbeUntil >= 0) {
      return new HoldAdmission.Probe();
    }
    return admission instanceof HoldAdmission.Held held && held.until() - noEarlyProbeUntil > 0
        ? new HoldAdmission.Held(noEarlyProbeUntil)
        : admission;
  }

  private boolean contains(CallOrigin origin) {
    return sources.contains(origin.source());
  }
}
