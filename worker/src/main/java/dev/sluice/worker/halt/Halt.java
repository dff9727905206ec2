package dev.sluice.worker.halt;

/** Whether a task may be called, as far as its batch is concerned. */
public enum Halt {
  /** It may. */
  NONE,
  /** Not now. */
  PAUSED,
  /** Never again. */
  CANCELLED
}
