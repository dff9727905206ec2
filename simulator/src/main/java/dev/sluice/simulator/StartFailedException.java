package dev.sluice.simulator;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** The simulator cannot start, for a reason that the user can fix. */
public final class StartFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "its folder does not exist";
      case AccessDeniedException denied -> "permission denied";
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
