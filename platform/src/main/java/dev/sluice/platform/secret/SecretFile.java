package dev.sluice.platform.secret;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret in a file, such as a mounted Kubernetes secret. The file is read at every use, so that a
 * new value takes effect immediately.
 */
public final class SecretFile {
  private static final Logger log = LoggerFactory.getLogger(SecretFile.class);

  private final Path file;
  private volatile String lastValue;
  private volatile boolean unreadable;

  private SecretFile(Path file, String firstValue) {
    this.file = file;
    this.lastValue = firstValue;
  }

  /**
   * Opens a secret file.
   *
   * @param setting the property that names the file
   * @throws IllegalArgumentException if the file has no readable secret; the message names setting
   *     and file
   */
  public static SecretFile of(String setting, Path file) {
    Optional<String> problem = problem(file);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(setting + " (" + file + ") " + problem.get());
    }
    try {
      return new SecretFile(file, content(file));
    } catch (IOException deletedMeanwhile) {
      throw new IllegalArgumentException(setting + " (" + file + ") was deleted", deletedMeanwhile);
    }
  }

  /** Describes why the file has no readable secret, as a predicate; empty if it has one. */
  public static Optional<String> problem(Path file) {
    try {
      return content(file).isEmpty() ? Optional.of("is empty") : Optional.empty();
    } catch (NoSuchFileException missing) {
      return Optional.of("does not exist");
    } catch (MalformedInputException binary) {
      return Optional.of("is not UTF-8 text");
    } catch (IOException failed) {
      return Optional.of("cannot be read (" + failed.getClass().getSimpleName() + ")");
    }
  }

  /** The current content, stripped; the last known value while the file is empty or unreadable. */
  public String read() {
    try {
      String value = content(file);
      if (!value.isEmpty()) {
        lastValue = value;
        unreadable = false;
        return value;
      }
      warnOnce("the file is empty");
    } catch (IOException failed) {
      warnOnce(failed.toString());
    }
    return lastValue;
  }

  private void warnOnce(String reason) {
    if (!unreadable) {
      unreadable = true;
      log.warn("Cannot read the secret in {} ({}); using its last value", file, reason);
    }
  }

  private static String content(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  /** Omits the secret. */
  @Override
  public String toString() {
    return "SecretFile[" + file + "]";
  }
}
