package dev.sluice.common.topology;

/** The exchanges that clients and services publish to. */
public final class Exchanges {
  /** Direct; the key is {@link QueueNames#taskKey}. */
  public static final String TASKS = "sluice.tasks";

  /** Topic; the key is {@code <outcome>.<route>}. */
  public static final String OUTCOMES = "sluice.outcomes";

  /** Topic; transient messages between workers and producers. */
  public static final String FLEET = "sluice.fleet";

  private Exchanges() {}
}
