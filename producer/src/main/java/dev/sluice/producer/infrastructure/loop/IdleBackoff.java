package dev.sluice.producer.infrastructure.loop;

import java.time.Duration;

/** The pauses of a loop: each pause of an idle loop is twice as long as the one before. */
final class IdleBackoff {
  private final Duration min;
  private final Duration max;
  private Duration next;

  IdleBackoff(Duration min, Duration max) {
    this.min = min;
    this.max = max;
    this.next = min;
  }

  /** The pause after a round without work. */
  Duration next(boolean idle) {
    if (!idle) {
      reset();
      return min;
    }
    Duration pause = next;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(max) < 0 ? doubled : max;
    return pause;
  }

  /** Continues with the shortest pause. */
  void reset() {
    next = min;
  }
}
