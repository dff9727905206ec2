package dev.sluice.system.fault;

import dev.sluice.system.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What can be done to a process by its number alone. */
record Processes(RunningSluice sluice) {

  /** It stands still for so long, and goes on. */
  void freeze(String name, Duration time) throws InterruptedException {
    String pid = Long.toString(pid(name));
    signal("-STOP", pid);
    Thread.sleep(time);
    signal("-CONT", pid);
  }

  /** PostgreSQL takes the death of a backend for a crash of its own: it ends all and recovers. */
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

  private static void signal(String signal, String pid) throws InterruptedException {
    try {
      new ProcessBuilder("kill", signal, pid).start().waitFor();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Of a process that may be gone by now. */
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
