package dev.sluice.cli.file;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Destination of a command's data: stdout or a file. */
public sealed interface Output {
  /** The value of {@code --out} that selects stdout. */
  String STDOUT = "-";

  /** Writes the data. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream target) throws IOException, InterruptedException;
  }

  /** Writes the content; a failure leaves an existing file unchanged. */
  void write(Content content) throws InterruptedException;

  /** Path of the file; empty for stdout. */
  Optional<Path> file();

  /** Name of the destination, for messages. */
  String location();

  /**
   * The output for {@code --out}; stdout if it is absent or {@code -}.
   *
   * @throws CommandException if the file is not writable
   */
  static Output of(@Nullable String option, Terminal terminal) {
    if (option == null || option.equals(STDOUT)) {
      return new Stdout(terminal);
    }
    try {
      return new File(checked(Path.of(option).toAbsolutePath(), option), option);
    } catch (InvalidPathException invalid) {
      throw CommandException.invalidInput(
          "--out %s is not a valid path: %s".formatted(option, invalid.getReason()));
    }
  }

  private static Path checked(Path file, String option) {
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw CommandException.invalidInput(
          "--out %s is a folder: specify a file.".formatted(option));
    }
    if (!Files.isDirectory(folder)) {
      throw CommandException.invalidInput(
          "Cannot write --out %s: folder %s does not exist.".formatted(option, folder));
    }
    boolean writable = isSpecial(file) ? Files.isWritable(file) : Files.isWritable(folder);
    if (!writable || (Files.exists(file) && !Files.isWritable(file))) {
      throw CommandException.invalidInput(
          "Cannot write --out %s: permission denied in %s.".formatted(option, folder));
    }
    return file;
  }

  /** Devices and pipes are written in place: they cannot be replaced. */
  private static boolean isSpecial(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file);
  }

  /** The process's stdout. */
  record Stdout(Terminal terminal) implements Output {
    @Override
    public void write(Content content) throws InterruptedException {
      try {
        OutputStream target = new BufferedOutputStream(terminal.out(), 1 << 16);
        content.writeTo(target);
        target.flush();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
      if (terminal.out().checkError()) {
        throw CommandException.invalidInput(
            "Cannot write to stdout: the pipe is closed, or the disk is full.");
      }
    }

    @Override
    public Optional<Path> file() {
      return Optional.empty();
    }

    @Override
    public String location() {
      return "stdout";
    }
  }

  /**
   * A file, replaced atomically.
   *
   * @param option its path as the user specified it
   */
  record File(Path path, String option) implements Output {
    @Override
    public void write(Content content) throws InterruptedException {
      try {
        if (isSpecial(path)) {
          fill(path, content);
        } else {
          replace(content);
        }
      } catch (IOException failed) {
        throw CommandException.invalidInput(
            "Cannot write --out %s: %s. The results are still stored: run the command again, or with another file."
                .formatted(option, Input.reason(failed)));
      }
    }

    private void replace(Content content) throws IOException, InterruptedException {
      Path temporary =
          path.resolveSibling(".%s.%s.tmp".formatted(path.getFileName(), UUID.randomUUID()));
      try {
        fill(temporary, content);
        move(temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    }

    private void move(Path temporary) throws IOException {
      try {
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException unsupported) {
        Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
      }
    }

    private static void fill(Path file, Content content) throws IOException, InterruptedException {
      try (OutputStream target =
          new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              1 << 16)) {
        content.writeTo(target);
      }
    }

    @Override
    public Optional<Path> file() {
      return Optional.of(path);
    }

    @Override
    public String location() {
      return option;
    }
  }
}
