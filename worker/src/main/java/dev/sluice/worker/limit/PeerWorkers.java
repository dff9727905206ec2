package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;

/** The other workers of a route, as its limiter sees them. */
public interface PeerWorkers {
  /** There is no other worker. */
  PeerWorkers NONE =
      new PeerWorkers() {
        @Override
        public double limitFraction() {
          return 1;
        }

        @Override
        public void announceHold(
            HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed) {
          // nobody hears it
        }

        @Override
        public void announceLivePriority(TokenCost cost) {
          // nobody is before it
        }
      };

  /** Of all consumers of the route those of this worker, above 0 and up to 1. */
  double limitFraction();

  /**
   * Tells the others that the route rests, without waiting for them.
   *
   * @param rest how long from now on; nothing: it goes on
   * @param probed what refusals taught of limits that nobody tells
   */
  void announceHold(
      HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed);

  /**
   * Tells the others that a live call goes before their batches, without waiting for them.
   *
   * @param cost of which they pay their part
   */
  void announceLivePriority(TokenCost cost);
}
