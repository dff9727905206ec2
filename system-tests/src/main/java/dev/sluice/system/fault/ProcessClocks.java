package dev.sluice.system.fault;

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
 * The clocks of single processes, each of which can jump: {@code clock.c}, compiled here, stands
 * between a process and the system's clock.
 *
 * @param library the compiled one
 * @param folder keeps a file for each process with how far its clock is off
 */
record ProcessClocks(Path library, Path folder) {
  private static final String SOURCE = "clock.c";

  /** None where there is no C compiler. */
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

  /** With this in its environment a process has a clock of its own. */
  Map<String, String> environment(String process) {
    set(process, Duration.ZERO);
    return Map.of("LD_PRELOAD", library.toString(), "SLUICE_CLOCK_FILE", file(process).toString());
  }

  /** From now on its clock is off by so much. */
  void set(String process, Duration off) {
    byte[] seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(off.toSeconds())
            .array();
    try { // in place: the process has the file in its memory
      Files.write(file(process), seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path file(String process) {
    return folder.resolve("clock-" + process);
  }
}
