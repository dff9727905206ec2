package dev.sluice.simulator.limit;

/** Algorithm of a limit per minute. */
public enum LimitAlgorithm {
  /** A token bucket that refills continuously, as OpenAI's headers suggest. */
  TOKEN_BUCKET,
  /** The full amount at the start of each minute of the clock. */
  FIXED_MINUTE,
  /** A sixtieth of the amount at the start of each second; unused amounts expire. */
  PER_SECOND
}
