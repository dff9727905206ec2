package dev.sluice.cli.terminal;

import java.io.IOException;

/** Last words when Ctrl-C ends the process; none when the work comes to its own end. */
public final class InterruptMessage {
  private InterruptMessage() {}

  /** What may be interrupted. */
  @FunctionalInterface
  public interface Work<T> {
    T done() throws IOException, InterruptedException;
  }

  public static <T> T during(Work<T> work, Runnable words)
      throws IOException, InterruptedException {
    Thread hook = new Thread(words, "farewell");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.done();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException beingSaid) {
      // The process is ending already, by the signal: it ends with 130.
    }
  }
}
