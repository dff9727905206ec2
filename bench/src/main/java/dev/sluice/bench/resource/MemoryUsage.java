package dev.sluice.bench.resource;

import dev.sluice.bench.harness.ProcessStats;
import dev.sluice.testkit.process.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Memory of a JVM, from Linux and the JVM.
 *
 * @param resident resident bytes after a garbage collection
 * @param heap used heap bytes after a garbage collection
 */
record MemoryUsage(long resident, long heap) {
  private static final long KIB = 1024;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * Matches the heap regions in the output of different JVMs and collectors, but not the metaspace.
   */
  private static final Pattern HEAP =
      Pattern.compile(
          "(?:generation|heap|DefNew|Tenured)\\s+total (?:reserved \\d+K, committed )?\\d+K, used (\\d+)K");

  /**
   * Runs a garbage collection, then reads the memory usage.
   *
   * @param folder folder for the output of {@code jcmd}
   */
  static MemoryUsage of(long pid, Path folder) {
    jcmd(pid, folder, "GC.run");
    String heapInfo = jcmd(pid, folder, "GC.heap_info");
    long heap =
        HEAP.matcher(heapInfo)
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)) * KIB)
            .sum();
    if (heap == 0) {
      throw new IllegalStateException("no known heap region in: " + heapInfo);
    }
    return new MemoryUsage(ProcessStats.residentBytes(pid), heap);
  }

  private static String jcmd(long pid, Path folder, String command) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Path log = folder.resolve("jcmd-%s-%d.log".formatted(command, System.nanoTime()));
    ChildProcess jcmd =
        ChildProcess.start(log, Map.of(), List.of(program, Long.toString(pid), command));
    if (!jcmd.succeeds(TIMEOUT)) {
      throw new IllegalStateException("jcmd %s: %s".formatted(command, jcmd.output()));
    }
    return jcmd.output();
  }
}
