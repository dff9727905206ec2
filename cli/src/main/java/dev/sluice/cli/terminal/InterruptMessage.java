package dev.sluice.cli.terminal;

import java.io.IOException;

/** Prints a message if Ctrl-C interrupts an action. */
public final class InterruptMessage {
  private InterruptMessage() {}

  /** An action that can be interrupted. */
  @FunctionalInterface
  public interface Action<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Runs the action; on Ctrl-C runs {@code printMessage} in a shutdown hook. */
  public static <T> T during(Action<T> action, Runnable printMessage)
      throws IOException, InterruptedException {
    Thread hook = new Thread(printMessage, "interrupt-message");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return action.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hooks already run: the signal ends the process with exit code 130.
    }
  }
}
