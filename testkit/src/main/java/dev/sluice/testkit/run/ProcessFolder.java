package dev.sluice.testkit.run;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder with the script, port and pid of each process of {@code ./sluice dev}.
 *
 * @param folder folder of the files
 * @param settings environment variables of all processes
 */
record ProcessFolder(Path folder, Map<String, String> settings) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** The system's boot time, which start times are relative to, is known to the second. */
  private static final Duration START_TIME_ERROR = Duration.ofSeconds(2);

  /** Pids by process name. */
  Map<String, Long> pids() {
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, Long> pids = new HashMap<>();
      for (Path file : files.filter(one -> one.toString().endsWith(".pid")).toList()) {
        String name = file.getFileName().toString().replace(".pid", "");
        pids.put(name, Long.parseLong(Folders.read(file).strip()));
      }
      return pids;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The process of this name, if it runs. */
  Optional<ProcessHandle> find(String name) {
    return Optional.ofNullable(pids().get(name))
        .flatMap(ProcessHandle::of)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startedBefore(process, folder.resolve(name + ".pid")));
  }

  /** The processes that run, by name. */
  Map<String, ProcessHandle> running() {
    Map<String, ProcessHandle> running = new HashMap<>();
    pids().keySet().forEach(name -> find(name).ifPresent(process -> running.put(name, process)));
    return running;
  }

  /** A process that started after the pid file was written has the id of one that has ended. */
  private static boolean startedBefore(ProcessHandle process, Path pidFile) {
    try {
      Instant written = Files.getLastModifiedTime(pidFile).toInstant();
      return process
          .info()
          .startInstant()
          .map(start -> start.isBefore(written.plus(START_TIME_ERROR)))
          .orElse(false);
    } catch (IOException removed) {
      return false;
    }
  }

  /** {@code kill -9}. */
  void kill(String name) {
    ProcessHandle process = running(name);
    process.destroyForcibly();
    await().atMost(TIMEOUT).until(() -> !process.isAlive());
  }

  /** Sends SIGTERM and returns the time until the process ended. */
  Duration terminate(String name) {
    ProcessHandle process = running(name);
    long began = System.nanoTime();
    process.destroy();
    await().atMost(TIMEOUT).until(() -> !process.isAlive());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private ProcessHandle running(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException(name + " is not running"));
  }

  /** Base URL of a process. */
  String url(String name) {
    return "http://127.0.0.1:" + Folders.read(folder.resolve(name + ".port")).strip();
  }

  /** Starts the process in the background. */
  void start(String name, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(environment);
    try {
      Path log = Files.createTempFile(folder, name, ".start.out");
      ChildProcess start =
          ChildProcess.start(log, all, List.of(folder.resolve(name + ".cmd").toString()));
      if (!start.succeeds(TIMEOUT)) {
        throw new IllegalStateException(name + ": " + start.output());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * Writes the script of another process of the same kind, with its own port.
   *
   * @param overrides environment variables that override those of the first process
   */
  void copy(String name, String other, Map<String, String> overrides) {
    int port = Ports.free();
    StringBuilder script = new StringBuilder("#!/usr/bin/env bash\n");
    overrides.forEach((key, value) -> script.append("export %s='%s'\n".formatted(key, value)));
    try {
      script.append(
          Folders.read(folder.resolve(name + ".cmd"))
              .replaceAll("(?m)^export SERVER_PORT=.*$", "export SERVER_PORT=" + port)
              .replace(" -XX:+AutoCreateSharedArchive", "")
              .replace(" %s ".formatted(name), " %s ".formatted(other)));
      Path file = Files.writeString(folder.resolve(other + ".cmd"), script);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      Files.writeString(folder.resolve(other + ".port"), port + "\n");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
