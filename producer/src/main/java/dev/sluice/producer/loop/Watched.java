package dev.sluice.producer.loop;

import java.util.List;

/** A part of the producer whose progress is watched. */
public interface Watched {

  /** One for each of its loops, the same ones at each call. */
  List<LoopWatch> watches();
}
