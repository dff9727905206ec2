package dev.sluice.producer.loop;

import java.util.List;

/** A component whose progress the watchdog checks. */
public interface Watched {

  /** One watch per loop; returns the same instances at each call. */
  List<LoopWatch> watches();
}
