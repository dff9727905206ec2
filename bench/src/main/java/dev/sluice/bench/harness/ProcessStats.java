package dev.sluice.bench.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** CPU time and memory of a process. */
public final class ProcessStats {
  private static final long KIB = 1024;
  private static final long MILLISECONDS_PER_TICK = 10;
  private static final int UTIME_FIELD = 11;
  private static final int TIME_FIELDS = 4;

  private ProcessStats() {}

  /** CPU time since the start of the process. It hardly depends on the machine's load. */
  public static Duration cpuTime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  /**
   * CPU time of the process, of its running children, and of its children that have ended, from
   * Linux. The kernel counts in hundredths of a second.
   */
  public static Duration cpuTimeWithChildren(long pid) {
    long ticks = ticks(pid);
    List<ProcessHandle> children =
        ProcessHandle.of(pid).map(process -> process.children().toList()).orElse(List.of());
    for (ProcessHandle child : children) {
      ticks += ticks(child.pid());
    }
    return Duration.ofMillis(ticks * MILLISECONDS_PER_TICK);
  }

  /** The fields after the name of the program: utime is the 12th, then stime, cutime, cstime. */
  private static long ticks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Arrays.stream(fields)
          .skip(UTIME_FIELD)
          .limit(TIME_FIELDS)
          .mapToLong(Long::parseLong)
          .sum();
    } catch (IOException ended) {
      return 0;
    }
  }

  /** Resident memory in bytes, from Linux. */
  public static long residentBytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .sum();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
