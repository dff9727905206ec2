package dev.sluice.worker.limit;

import dev.sluice.worker.pace.Dimension;
import dev.sluice.worker.pace.Probed;
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
            HoldKind kind, String reason, Duration rest, Map<Dimension, Probed> probed) {
          // nobody hears it
        }
      };

  /** Of all consumers of the route those of this worker, above 0 and up to 1. */
  double part();

  /**
   * Tells the others that the route rests, without waiting for them.
   *
   * @param rest how long from now on; nothing: it goes on
   * @param probed what refusals taught of limits that nobody tells
   */
  void tell(HoldKind kind, String reason, Duration rest, Map<Dimension, Probed> probed);
}
