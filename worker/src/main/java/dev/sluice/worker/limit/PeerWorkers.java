package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The other workers of a route. Announcements do not block and keep their order. */
public interface PeerWorkers {
  /** This worker has no peers. */
  PeerWorkers NONE =
      new PeerWorkers() {
        @Override
        public double limitFraction() {
          return 1;
        }

        @Override
        public void announceHold(
            HoldKind kind,
            String reason,
            Duration duration,
            Map<LimitKind, InferredLimit> inferred,
            Set<String> suspects) {
          // no receiver
        }

        @Override
        public void announceRelease(HoldKind kind, String reason) {
          // no receiver
        }

        @Override
        public void announceSourceHold(
            HoldKind kind, String reason, Duration duration, Set<String> sources) {
          // no receiver
        }

        @Override
        public void announceSourceRelease(HoldKind kind, String reason, Set<String> sources) {
          // no receiver
        }

        @Override
        public void announceLivePriority(TokenCost cost) {
          // no receiver
        }
      };

  /** Returns this worker's consumers ÷ all consumers of the route, above 0 and up to 1. */
  double limitFraction();

  /**
   * Announces that the route is held.
   *
   * @param reason a sentence for operators
   * @param duration from now, above 0
   * @param inferred limits that were inferred from 429s
   * @param suspects the sources whose failures caused the hold; empty if unknown
   */
  void announceHold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> suspects);

  /**
   * Announces that a probe succeeded, which ends the hold of this kind.
   *
   * @param reason the reason of the hold that ends
   */
  void announceRelease(HoldKind kind, String reason);

  /** Announces that these sources are held, and no others. */
  void announceSourceHold(HoldKind kind, String reason, Duration duration, Set<String> sources);

  /** Announces that the holds of these sources have ended: they or others succeed. */
  void announceSourceRelease(HoldKind kind, String reason, Set<String> sources);

  /**
   * Announces that a live call has priority over the peers' batch calls.
   *
   * @param cost the cost of which each peer is charged its fraction
   */
  void announceLivePriority(TokenCost cost);
}
