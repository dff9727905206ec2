package dev.sluice.cli.terminal;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
public interface Sleeper {
  void of(Duration duration) throws InterruptedException;
}
