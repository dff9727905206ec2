package dev.sluice.simulator.limit;

/** How a limit per minute is counted. */
public enum WindowType {
  /** A bucket that holds a minute's amount and refills without pause, as OpenAI's headers tell. */
  BUCKET,
  /** The whole amount anew at each full minute of the clock. */
  FIXED_MINUTE,
  /** A sixtieth of the amount at each full second; what is not used is lost. */
  PER_SECOND
}
