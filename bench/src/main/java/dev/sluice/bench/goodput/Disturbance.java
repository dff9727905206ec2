package dev.sluice.bench.goodput;

import java.time.Duration;

/** An event during a run. */
sealed interface Disturbance {
  /** No event. */
  record None() implements Disturbance {}

  /** The provider halves both limits without notice. */
  record Halving(double at) implements Disturbance {}

  /** An unrelated client uses a constant fraction of the same key's limits. */
  record OtherClient(int oneIn) implements Disturbance {}

  /** {@code kill -9} of one worker, which is not restarted. */
  record KilledWorker(double at) implements Disturbance {}

  /** {@code kill -9} of Redis, which is restarted later, as by a supervisor. */
  record KilledRedis(double at, Duration downtime) implements Disturbance {}
}
