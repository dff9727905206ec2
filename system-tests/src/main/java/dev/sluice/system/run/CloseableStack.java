package dev.sluice.system.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is open: closed the other way round, once, at the end or when the process is stopped. */
public final class CloseableStack implements AutoCloseable {
  private static final long LONGEST_STOP_SECONDS = 60;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /** Closes it when the process is told to stop, and ends every process that is left. */
  public CloseableStack closedAtExit() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  // First who may still be starting: nothing here knows of it yet.
                  endChildren();
                  close();
                },
                "stop"));
    return this;
  }

  /** Keeps it until {@link #close}; at once, where that was before. */
  public <T extends AutoCloseable> T add(T one) {
    synchronized (open) {
      if (!closed) {
        open.addLast(one);
        return one;
      }
    }
    closeOne(one);
    throw new IllegalStateException("stopped");
  }

  /** Whether it is closed, or about to be. */
  public boolean isClosed() {
    synchronized (open) {
      return closed;
    }
  }

  @Override
  public void close() {
    synchronized (open) {
      closed = true;
    }
    for (AutoCloseable last = next(); last != null; last = next()) {
      closeOne(last);
    }
  }

  private @Nullable AutoCloseable next() {
    synchronized (open) {
      return open.pollLast();
    }
  }

  /** One that cannot be closed must not keep the others open. */
  private static void closeOne(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception failed) {
      System.err.println("not stopped: " + failed.getMessage());
    }
  }

  private static void endChildren() {
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              child.destroy();
              try {
                child.onExit().get(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
              } catch (Exception lasts) {
                child.destroyForcibly();
              }
            });
  }
}
