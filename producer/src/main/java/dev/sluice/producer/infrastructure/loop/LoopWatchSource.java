package dev.sluice.producer.infrastructure.loop;

import java.util.List;

/** A component whose loops the watchdog checks. */
public interface LoopWatchSource {

  /** One watch per loop; returns the same instances at each call. */
  List<LoopWatch> watches();
}
