package dev.sluice.worker.limit;

import dev.sluice.worker.pace.Dimension;
import java.time.Duration;
import java.util.Map;

/** The other workers of a route, as its limiter sees them. */
public interface Fleet {
  /** There is no other worker. */
  Fleet NONE =
      new Fleet() {
        @Override
        public double part() {
          return 1;
        }

        @Override
        public void tell(
            HoldKind kind, String reason, Duration rest, Map<Dimension, Double> probed) {
          // nobody hears it
        }
      };

  /** Of all consumers of the route those of this worker, above 0 and up to 1. */
  double part();

  /**
   * Tells the others that the route rests, without waiting for them.
   *
   * @param rest how long from now on; nothing: it goes on
   * @param probed the limits per second that refusals taught
   */
  void tell(HoldKind kind, String reason, Duration rest, Map<Dimension, Double> probed);
}
