package dev.sluice.system.goodput;

import java.time.Duration;

/** What happens in the middle of a run. */
sealed interface Disturbance {
  /** Nothing. */
  record None() implements Disturbance {}

  /** Both limits are halved, and nobody is told. */
  record Halving(double at) implements Disturbance {}

  /** A client that has nothing to do with it spends steadily from the same key. */
  record OtherClient(int oneIn) implements Disturbance {}

  /** {@code kill -9} of one of the workers; it stays dead. */
  record KilledWorker(double at) implements Disturbance {}

  /** {@code kill -9} of Redis; whoever watches over it starts it again after a while. */
  record KilledRedis(double at, Duration away) implements Disturbance {}
}
