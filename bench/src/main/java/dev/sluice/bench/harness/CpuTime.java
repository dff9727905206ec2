package dev.sluice.bench.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** CPU time of a process, from Linux. It hardly depends on the machine's load. */
public final class CpuTime {
  /** {@code sysconf(_SC_CLK_TCK)} is 100 on every Linux platform. */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private CpuTime() {}

  /** CPU time since the start of the process. */
  public static Duration of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return TICK.multipliedBy(
          Long.parseLong(afterName[USER_TICKS]) + Long.parseLong(afterName[SYSTEM_TICKS]));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
