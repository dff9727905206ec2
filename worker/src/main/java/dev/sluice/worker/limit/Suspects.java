package dev.sluice.worker.limit;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sources whose failures hold a route. These sources may themselves be the cause; therefore the
 * calls of other sources are preferred as probes. While a call of another project waits, all
 * sources of their projects are suspects.
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
 * <p>With many suspects (of many projects, for a caller of another project) it is an outage: then
 * all callers wait for the end of the hold.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class Suspects {
  /** In an outage, this many sources or projects send a probe before the first one is due. */
  private static final int MAX = 10;

  private Set<String> sources = Set.of();
  private Set<String> projects = Set.of();
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

  /** The projects of the sources. */
  Set<String> projects() {
    return projects;
  }

  void add(Set<String> moreSources, Set<String> moreProjects) {
    sources = union(sources, moreSources);
    projects = union(projects, moreProjects);
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(more);
    return all;
  }

  void clear() {
    sources = Set.of();
    projects = Set.of();
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
    boolean isSuspect =
        contains(origin) || (!isOfOther(origin) && waiting.stream().anyMatch(this::isOfOther));
    return isSuspect
        ? ofSuspect(admission, route.probes() > 0, waiting, now)
        : ofOther(origin, admission, now);
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

  private HoldAdmission ofOther(CallOrigin origin, HoldAdmission admission, long now) {
    int suspects = isOfOther(origin) ? projects.size() : sources.size();
    if (earlyProbes > 0 || suspects >= MAX) {
      return admission;
    }
    if (now - noEarlyProbeUntil >= 0) {
      return new HoldAdmission.Probe();
    }
    return admission instanceof HoldAdmission.Held held && held.until() - noEarlyProbeUntil > 0
        ? new HoldAdmission.Held(noEarlyProbeUntil)
        : admission;
  }

  /** Whether neither its source nor its project is suspect. */
  private boolean isOfOther(CallOrigin origin) {
    return !projects.contains(origin.project()) && !contains(origin);
  }

  private boolean contains(CallOrigin origin) {
    return sources.contains(origin.source());
  }
}
