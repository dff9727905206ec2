package dev.sluice.common.topology;

import dev.sluice.common.wire.Lane;

/** The names of the queues, and the keys that lead into them. */
public final class QueueNames {
  /** Every outcome, for the collector. */
  public static final String RESULTS = "sluice.results";

  private QueueNames() {}

  /**
   * The queue of a route's lane: {@code sluice.tasks.<route>} or {@code sluice.tasks.<route>.live}.
   */
  public static String tasks(String route, Lane lane) {
    return Exchanges.TASKS + "." + taskKey(route, lane);
  }

  /** The routing key into {@link #tasks}. */
  public static String taskKey(String route, Lane lane) {
    return switch (lane) {
      case BATCH -> route;
      case LIVE -> route + ".live";
    };
  }

  /** The dead letters of a route, for the desk. */
  public static String dead(String route) {
    return "sluice.dead." + route;
  }

  /** The topic under which the outcomes that failed go to the desk. */
  static String failedKey(String route) {
    return "failed." + route;
  }
}
