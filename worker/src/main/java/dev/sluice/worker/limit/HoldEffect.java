package dev.sluice.worker.limit;

/** An effect of a changed hold, which {@link RouteState} performs. */
sealed interface HoldEffect {

  /** Announce to the peers that the route is held, with the inferred limits and the suspects. */
  record AnnounceHold(HoldState.Hold hold) implements HoldEffect {}

  /** Send the announcement to the peers. */
  record Announce(HoldAnnouncement announcement) implements HoldEffect {}

  /**
   * Start a ramp of the rates, so that the end of a hold causes no burst.
   *
   * <pre>
   *   end of a hold                   ramp of the rates
   *   rate limit                      from 1/4 in the duration of the hold, 0.5-3 s; none for
   *                                   limits whose remaining quota is advertised
   *   manual                          from 1/4 in 3 s
   *   other kinds, after a probe      from 1/10 in 10 s
   * </pre>
   *
   * @param from the initial fraction of the rates
   * @param seconds time until the full rates apply
   * @param ofPredicted whether it applies even to limits with a predicted quota; such a rate
   *     recovers with the quota
   */
  record Ramp(double from, double seconds, boolean ofPredicted) implements HoldEffect {
    private static final double FROM = 0.25;
    private static final double MIN_SECONDS = 0.5;
    private static final double MAX_SECONDS = 3;

    static final Ramp AFTER_OUTAGE = new Ramp(0.1, 10, true);
    static final Ramp AFTER_MANUAL_HOLD = new Ramp(FROM, MAX_SECONDS, true);

    static Ramp afterRateLimit(HoldState.Hold hold) {
      double seconds = (hold.until() - hold.since()) / 1e9;
      return new Ramp(FROM, Math.clamp(seconds, MIN_SECONDS, MAX_SECONDS), false);
    }
  }
}
