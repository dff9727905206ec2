package dev.sluice.common.topology;

import dev.sluice.common.wire.Lane;

/** Queue names and their routing keys. */
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

  /** The dead-letter queue of a route; the producer stores its messages. */
  public static String deadLetters(String route) {
    return "sluice.dead." + route;
  }

  /** The routing key of failed outcomes into {@link #deadLetters}. */
  static String failedKey(String route) {
    return "failed." + route;
  }
}
