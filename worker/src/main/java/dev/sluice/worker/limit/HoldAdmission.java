package dev.sluice.worker.limit;

/** What the holds allow the next caller to do. */
sealed interface HoldAdmission {
  /** It may send its call. */
  record Open() implements HoldAdmission {}

  /** It may send its call as the probe; the others wait for the result. */
  record Probe() implements HoldAdmission {}

  /** It must wait until this time, and query again. */
  record Held(long until) implements HoldAdmission {}

  /** Its source is held until this time: its task must make room for the tasks of others. */
  record SourceHeld(long until) implements HoldAdmission {}
}
