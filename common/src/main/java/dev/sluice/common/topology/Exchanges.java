package dev.sluice.common.topology;

/** The exchanges that clients and services publish to. */
public final class Exchanges {
  /** Direct; the key is {@link QueueNames#taskKey}. */
  public static final String TASKS = "sluice.tasks";

  /** Topic; the key is {@code <outcome>.<route>}. */
  public static final String OUTCOMES = "sluice.outcomes";

  /** Topic; what workers tell each other and the producers. Nothing in it is kept. */
  public static final String FLEET = "sluice.fleet";

  private Exchanges() {}
}
