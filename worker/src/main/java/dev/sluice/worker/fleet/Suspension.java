package dev.sluice.worker.fleet;

/** Whether a task may be called, as far as its batch is concerned. */
public enum Suspension {
  /** It may. */
  NONE,
  /** Not now. */
  PAUSED,
  /** Never again. */
  CANCELLED
}
