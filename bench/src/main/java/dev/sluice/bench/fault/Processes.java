package dev.sluice.bench.fault;

import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Operations on a process by its pid. */
record Processes(RunningSluice sluice) {

  /** Stops a process with SIGSTOP for this time, then sends SIGCONT. */
  void freeze(String name, Duration time) throws InterruptedException {
    long pid = pid(name);
    ChildProcess.signal(pid, "STOP");
    Thread.sleep(time);
    ChildProcess.signal(pid, "CONT");
  }

  /** Kills a backend. PostgreSQL then ends all backends and recovers, as after a crash. */
  boolean crashDatabase() {
    Path file = sluice.home().resolve("postgres/data/postmaster.pid");
    Optional<ProcessHandle> backend =
        lines(file).stream()
            .limit(1)
            .filter(line -> line.strip().matches("[0-9]+"))
            .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())).stream())
            .flatMap(ProcessHandle::children)
            .filter(child -> commandLine(child.pid()).contains("postgres: postgres"))
            .findAny();
    backend.ifPresent(ProcessHandle::destroyForcibly);
    return backend.isPresent();
  }

  private long pid(String name) {
    Long pid = sluice.processes().get(name);
    if (pid == null) {
      throw new IllegalStateException(name + " has no pid file");
    }
    return pid;
  }

  /** The process may have ended already. */
  private static String commandLine(long pid) {
    return String.join(" ", lines(Path.of("/proc", Long.toString(pid), "cmdline")));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException gone) {
      return List.of();
    }
  }
}
