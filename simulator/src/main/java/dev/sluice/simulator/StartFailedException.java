package dev.sluice.simulator;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** A start that cannot go on, for a reason that its user can mend: the message says which. */
public final class StartFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailedException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "its folder does not exist";
      case AccessDeniedException denied -> "access is denied";
      default -> {
        Throwable root = e;
        while (root.getCause() != null) {
          root = root.getCause();
        }
        yield String.valueOf(root.getMessage());
      }
    };
  }
}
