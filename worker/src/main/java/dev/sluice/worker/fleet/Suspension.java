package dev.sluice.worker.fleet;

/** Whether the batch of a task is suspended. */
public enum Suspension {
  /** The task may be called. */
  NONE,
  /** The task must wait until the batch is resumed. */
  PAUSED,
  /** The task must never be called. */
  CANCELLED
}
