package dev.sluice.cli.terminal;

import java.time.Duration;

/** Suspends the current thread; tests advance a clock instead. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration duration) throws InterruptedException;
}
