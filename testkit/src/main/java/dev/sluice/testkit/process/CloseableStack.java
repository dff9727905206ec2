package dev.sluice.testkit.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes resources once, in reverse order, at the end or when the JVM shuts down. */
public final class CloseableStack implements AutoCloseable {
  private static final long STOP_TIMEOUT_SECONDS = 60;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /** Closes the stack at JVM shutdown and ends all remaining child processes. */
  public CloseableStack closeAtExit() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  // A child that is still starting is not on the stack yet, so end all children
                  // first.
                  endChildren();
                  close();
                },
                "stop"));
    return this;
  }

  /** Adds a resource. If the stack is closed already, closes the resource immediately. */
  public <T extends AutoCloseable> T add(T one) {
    synchronized (open) {
      if (!closed) {
        open.addLast(one);
        return one;
      }
    }
    closeQuietly(one);
    throw new IllegalStateException("the stack is closed");
  }

  /** Whether the stack is closed or closing. */
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
      closeQuietly(last);
    }
  }

  private @Nullable AutoCloseable next() {
    synchronized (open) {
      return open.pollLast();
    }
  }

  /** A resource that fails to close must not keep the others open. */
  private static void closeQuietly(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception failed) {
      System.err.println("cannot close a resource: " + failed.getMessage());
    }
  }

  private static void endChildren() {
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              child.destroy();
              try {
                child.onExit().get(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
              } catch (Exception tooSlow) {
                child.destroyForcibly();
              }
            });
  }
}
