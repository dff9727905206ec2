package dev.sluice.cli.file;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Source of a command's data: stdin or a file. */
public sealed interface Input {
  /** The option or parameter that selects stdin. */
  String STDIN = "-";

  InputStream open() throws IOException;

  /** Name for messages. */
  String name();

  /** A file with the data that can be read several times. */
  LocalFile localFile() throws IOException;

  /**
   * The input for a parameter; stdin if it is {@code -}.
   *
   * @throws CommandException if the file cannot be read
   */
  static Input of(String parameter, Terminal terminal) {
    if (parameter.equals(STDIN)) {
      return new Stdin(terminal);
    }
    try {
      Path file = Path.of(parameter);
      if (!Files.exists(file)) {
        throw CommandException.invalidInput("File %s does not exist.".formatted(parameter));
      }
      if (Files.isDirectory(file) || !Files.isReadable(file)) {
        throw CommandException.invalidInput(
            "Cannot read %s: it is a folder, or permission is denied.".formatted(parameter));
      }
      return new File(file);
    } catch (InvalidPathException invalid) {
      throw CommandException.invalidInput(
          "%s is not a valid path: %s".formatted(parameter, invalid.getReason()));
    }
  }

  /**
   * Reads the JSON object in the file of an option.
   *
   * @param expected what the object is, for the message
   * @throws CommandException if there is none
   */
  static JsonNode readJsonObject(String option, Path file, String expected) {
    try {
      return JsonValues.readObject(Files.readAllBytes(file))
          .orElseThrow(
              () ->
                  CommandException.invalidInput(
                      "%s %s is not a JSON object: expected %s."
                          .formatted(option, file, expected)));
    } catch (IOException failure) {
      throw CommandException.invalidInput(
          "%s %s cannot be read: %s.".formatted(option, file, reason(failure)));
    }
  }

  /** Why a file cannot be read, for messages. */
  static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException deleted -> "the file does not exist";
      default -> String.valueOf(failure.getMessage());
    };
  }

  /**
   * A file that can be read several times.
   *
   * @param copy a copy of stdin or of a pipe, which is deleted on close
   */
  record LocalFile(Path path, Optional<TemporaryFile> copy) implements AutoCloseable {
    private static LocalFile copyOf(InputStream in) throws IOException {
      TemporaryFile copy = new TemporaryFile();
      Files.copy(in, copy.path(), StandardCopyOption.REPLACE_EXISTING);
      return new LocalFile(copy.path(), Optional.of(copy));
    }

    @Override
    public void close() throws IOException {
      if (copy.isPresent()) {
        copy.get().close();
      }
    }
  }

  /** The process's stdin. */
  record Stdin(Terminal terminal) implements Input {
    @Override
    public InputStream open() {
      return terminal.in();
    }

    @Override
    public String name() {
      return "stdin";
    }

    @Override
    public LocalFile localFile() throws IOException {
      return LocalFile.copyOf(open());
    }
  }

  /** A file or a named pipe. */
  record File(Path path) implements Input {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(path);
    }

    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public LocalFile localFile() throws IOException {
      if (Files.isRegularFile(path)) {
        return new LocalFile(path, Optional.empty());
      }
      try (InputStream in = open()) {
        return LocalFile.copyOf(in);
      }
    }
  }
}
