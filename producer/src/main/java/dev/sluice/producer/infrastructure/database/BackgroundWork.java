package dev.sluice.producer.infrastructure.database;

/**
 * Marks threads that do background work. Their connections come from a separate pool, whose
 * statements have a timeout and may only use indexes; see {@link PooledDataSource}.
 */
public final class BackgroundWork {
  private static final ThreadLocal<Boolean> CURRENT = ThreadLocal.withInitial(() -> false);

  private BackgroundWork() {}

  /** Runs the work on a thread that is marked as background work. */
  public static void run(Runnable work) {
    boolean before = CURRENT.get();
    CURRENT.set(true);
    try {
      work.run();
    } finally {
      CURRENT.set(before);
    }
  }

  static boolean isCurrent() {
    return CURRENT.get();
  }
}
