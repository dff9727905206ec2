package dev.sluice.bench.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Shifts the clocks of single processes with {@code clock.c}, which intercepts the process's calls
 * to the system clock.
 *
 * @param library the compiled library
 * @param folder folder with one file per process that holds its offset in seconds
 */
record ProcessClocks(Path library, Path folder) {
  private static final String SOURCE = "clock.c";

  /** Empty if there is no C compiler. */
  static Optional<ProcessClocks> in(Path folder) {
    Path source = folder.resolve(SOURCE);
    Path library = folder.resolve("clock.so");
    try (InputStream in = ProcessClocks.class.getResourceAsStream(SOURCE)) {
      Files.copy(Objects.requireNonNull(in, SOURCE), source);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return SystemCommands.succeeds(
            "cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString(), "-ldl")
        ? Optional.of(new ProcessClocks(library, folder))
        : Optional.empty();
  }

  /** Environment variables that give a process its own clock. */
  Map<String, String> environment(String process) {
    set(process, Duration.ZERO);
    return Map.of("LD_PRELOAD", library.toString(), "SLUICE_CLOCK_FILE", file(process).toString());
  }

  /** Sets the offset of a process's clock. */
  void set(String process, Duration off) {
    byte[] seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(off.toSeconds())
            .array();
    try { // overwrite in place: the process maps the file
      Files.write(file(process), seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path file(String process) {
    return folder.resolve("clock-" + process);
  }
}
