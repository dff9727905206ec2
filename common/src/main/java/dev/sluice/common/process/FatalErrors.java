package dev.sluice.common.process;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process after a {@link VirtualMachineError}, such as a full heap: any thread may have
 * failed with it, so the process could look healthy and do nothing. A supervisor restarts it.
 *
 * <p>A {@link StackOverflowError} is not fatal: it unwinds only its own thread, and one task's
 * input may cause it.
 */
public final class FatalErrors {
  /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
  static final int EXIT_CODE = 3;

  private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);
  private static final int MAX_CAUSES = 20;
  private static final FatalErrors PROCESS = new FatalErrors(Runtime.getRuntime()::halt);

  private final IntConsumer halt;

  FatalErrors(IntConsumer halt) {
    this.halt = halt;
  }

  /** Handles the errors that end a thread: logs all of them, and ends the process if fatal. */
  public static void handleUncaught() {
    Thread.setDefaultUncaughtExceptionHandler(PROCESS::uncaught);
  }

  /** Ends the process if the error or one of its causes is fatal; otherwise does nothing. */
  public static void endProcessIfFatal(Throwable error) {
    PROCESS.handle(error);
  }

  void uncaught(Thread thread, Throwable error) {
    handle(error);
    LOG.error("Thread {} ended with an error", thread.getName(), error);
  }

  void handle(Throwable error) {
    if (isFatal(error)) {
      try {
        LOG.error("The process ends with exit code {} after a fatal error", EXIT_CODE, error);
      } finally { // logging may fail on a full heap
        // Not System.exit: its shutdown hooks need memory, and wait for the calling thread.
        halt.accept(EXIT_CODE);
      }
    }
  }

  private static boolean isFatal(Throwable error) {
    @Nullable Throwable cause = error;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) { // causes may form a cycle
      if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
