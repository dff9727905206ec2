package dev.sluice.common.secret;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret that has a file of its own, as Kubernetes mounts one. It is read each time that it is
 * needed, so that another one counts as soon as it is written.
 */
public final class SecretFile {
  private static final Logger log = LoggerFactory.getLogger(SecretFile.class);

  private final Path file;
  private volatile String last;
  private volatile boolean unreadable;

  private SecretFile(Path file, String first) {
    this.file = file;
    this.last = first;
  }

  /**
   * The secret of a file.
   *
   * @param setting the property that names the file
   * @throws IllegalArgumentException where there is no secret to read, naming setting and file
   */
  public static SecretFile of(String setting, Path file) {
    Optional<String> problem = problem(file);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(setting + " (" + file + ") " + problem.get());
    }
    try {
      return new SecretFile(file, content(file));
    } catch (IOException goneMeanwhile) {
      throw new IllegalArgumentException(setting + " (" + file + ") is gone", goneMeanwhile);
    }
  }

  /** Why no secret can be read there, as the end of a sentence; empty where one can. */
  public static Optional<String> problem(Path file) {
    try {
      return content(file).isEmpty() ? Optional.of("is empty") : Optional.empty();
    } catch (NoSuchFileException none) {
      return Optional.of("does not exist");
    } catch (MalformedInputException binary) {
      return Optional.of("is no text in UTF-8");
    } catch (IOException failed) {
      return Optional.of("cannot be read (" + failed.getClass().getSimpleName() + ")");
    }
  }

  /** What it says now, without the space around it; while it cannot be read, what it said last. */
  public String read() {
    try {
      String now = content(file);
      if (!now.isEmpty()) {
        last = now;
        unreadable = false;
        return now;
      }
      tell("it is empty");
    } catch (IOException failed) {
      tell(failed.toString());
    }
    return last;
  }

  private void tell(String why) {
    if (!unreadable) {
      unreadable = true;
      log.warn("{} is not read, what it said last is used: {}", file, why);
    }
  }

  private static String content(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "SecretFile[" + file + "]";
  }
}
