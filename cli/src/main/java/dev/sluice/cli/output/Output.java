package dev.sluice.cli.output;

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

/** Where a command writes its data. */
public sealed interface Output {

  /** What writes the data. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream target) throws IOException, InterruptedException;
  }

  /** Writes it whole, or throws and leaves what was there. */
  void write(Content content) throws InterruptedException;

  /** The file; empty for stdout. */
  Optional<Path> file();

  /**
   * What {@code --out} names; stdout where it is absent or {@code -}.
   *
   * @throws CommandException where the file could not be written
   */
  static Output of(@Nullable String option, Terminal terminal) {
    if (option == null || option.equals("-")) {
      return new Stdout(terminal);
    }
    try {
      return new File(checked(Path.of(option).toAbsolutePath(), option), option);
    } catch (InvalidPathException notAPath) {
      throw CommandException.badInput(
          "--out %s is not a file name: %s".formatted(option, notAPath.getReason()));
    }
  }

  private static Path checked(Path file, String option) {
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw CommandException.badInput("--out %s is a folder: name a file in it.".formatted(option));
    }
    if (!Files.isDirectory(folder)) {
      throw CommandException.badInput(
          "--out %s cannot be written: there is no folder %s.".formatted(option, folder));
    }
    boolean writable = isSpecial(file) ? Files.isWritable(file) : Files.isWritable(folder);
    if (!writable || (Files.exists(file) && !Files.isWritable(file))) {
      throw CommandException.badInput(
          "--out %s cannot be written: no permission to write in %s.".formatted(option, folder));
    }
    return file;
  }

  /** A device or a pipe: it cannot be replaced by a file. */
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
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }

    @Override
    public Optional<Path> file() {
      return Optional.empty();
    }
  }

  /**
   * A file.
   *
   * @param option its name as the user wrote it
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
        throw CommandException.badInput(
            "--out %s was not written: %s".formatted(option, failed.getMessage()));
      }
    }

    private void replace(Content content) throws IOException, InterruptedException {
      Path draft =
          path.resolveSibling(".%s.%s.tmp".formatted(path.getFileName(), UUID.randomUUID()));
      try {
        fill(draft, content);
        move(draft);
      } finally {
        Files.deleteIfExists(draft);
      }
    }

    private void move(Path draft) throws IOException {
      try {
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException notHere) {
        Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
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
  }
}
