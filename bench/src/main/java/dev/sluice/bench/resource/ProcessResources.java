package dev.sluice.bench.resource;

import dev.sluice.bench.harness.ProcessStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Memory and connections of a process, from Linux's {@code /proc}. */
record ProcessResources(long residentMegabytes, long toBroker, long toDatabase, long toProvider) {
  private static final String ESTABLISHED = "01";

  static ProcessResources of(long pid, int broker, int database, int provider) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Set<String> own = sockets(process.resolve("fd"));
    return new ProcessResources(
        ProcessStats.residentBytes(pid) >> 20,
        connections(process, own, broker),
        connections(process, own, database),
        connections(process, own, provider));
  }

  private static Set<String> sockets(Path files) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        String target = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  /** Established connections of the process to the port, as described in proc(5). */
  private static long connections(Path process, Set<String> own, int port) throws IOException {
    String remote = ":%04X".formatted(port);
    long count = 0;
    for (String table : new String[] {"net/tcp", "net/tcp6"}) {
      try (Stream<String> lines = Files.lines(process.resolve(table))) {
        count +=
            lines
                .map(line -> line.strip().split("\\s+", -1))
                .filter(
                    fields ->
                        fields.length > 9
                            && fields[2].endsWith(remote)
                            && fields[3].equals(ESTABLISHED)
                            && own.contains(fields[9]))
                .count();
      }
    }
    return count;
  }
}
