package dev.sluice.producer.infrastructure.loop;

/** The names of the loops that batches depend on, as metrics, status and logs show them. */
public final class LoopNames {
  public static final String VALIDATION = "validation";
  public static final String COLLECTOR = "collector";
  public static final String TERMINATOR = "terminator";
  public static final String FINALIZER = "finalizer";
  private static final String DISPATCH = "dispatch-";

  private LoopNames() {}

  /** The loop that publishes the tasks of a route. */
  public static String dispatch(String route) {
    return DISPATCH + route;
  }
}
