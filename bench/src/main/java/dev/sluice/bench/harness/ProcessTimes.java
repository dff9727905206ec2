package dev.sluice.bench.harness;

import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The CPU time of all processes of a running Sluice.
 *
 * @param byName CPU time since the start of each process, with its children; the workers are one
 */
public record ProcessTimes(Map<String, Duration> byName) {
  private static final String WORKERS = "workers";
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /** The CPU times until now. */
  public static ProcessTimes of(RunningSluice sluice) {
    Map<String, Duration> all = new TreeMap<>();
    sluice
        .processes()
        .forEach(
            (name, pid) ->
                all.merge(
                    name.startsWith("worker-") ? WORKERS : name,
                    ProcessStats.cpuTime(pid),
                    Duration::plus));
    all.remove("epmd");
    Path postmaster = sluice.home().resolve("postgres/data/postmaster.pid");
    if (Files.exists(postmaster)) {
      long pid = Long.parseLong(Folders.read(postmaster).lines().toList().getFirst().strip());
      all.put("PostgreSQL", ProcessStats.cpuTimeWithChildren(pid));
    }
    return new ProcessTimes(all);
  }

  /** The CPU times since an earlier measurement. */
  public ProcessTimes since(ProcessTimes earlier) {
    Map<String, Duration> difference = new TreeMap<>();
    byName.forEach(
        (name, time) ->
            difference.put(name, time.minus(earlier.byName.getOrDefault(name, Duration.ZERO))));
    return new ProcessTimes(difference);
  }

  /** Table cells: CPU milliseconds divided by {@code count}, of each process and their sum. */
  public String millisecondsPer(double count) {
    double sum = byName.values().stream().mapToDouble(ProcessTimes::milliseconds).sum();
    return DoubleStream.concat(
            byName.values().stream().mapToDouble(ProcessTimes::milliseconds), DoubleStream.of(sum))
        .mapToObj(time -> "%.2f".formatted(time / count))
        .collect(Collectors.joining(" | "));
  }

  private static double milliseconds(Duration time) {
    return time.toNanos() / NANOS_PER_MILLISECOND;
  }

  /** Table cells: the names of the processes, then {@code all}. */
  public String names() {
    return String.join(" | ", byName.keySet()) + " | all";
  }

  /** Table cells of the line below the names. */
  public String line() {
    return "|---".repeat(byName.size() + 1);
  }
}
