package dev.sluice.bench.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Random faults with their weights. */
enum RandomFault implements Incident {
  WORKER_KILLED("kill -9 of a worker", 14, true),
  WORKER_FROZEN("a worker is frozen for seconds", 6, false),
  PRODUCER_KILLED("kill -9 of a producer", 8, true),
  BROKER_KILLED("kill -9 of the broker, often instead of a confirm or an acknowledgement", 9, true),
  BROKER_RESTARTED("the broker is stopped and started", 3, true),
  BROKER_ALARM("a memory alarm of the broker for seconds", 8, false),
  DATABASE_CRASHED("kill -9 of a PostgreSQL backend, PostgreSQL recovers", 6, false),
  REDIS_KILLED("kill -9 of Redis, restarted after seconds", 6, false),
  PROVIDER_FROZEN("the provider is frozen for seconds", 4, false),
  NETWORK_CUT("all connections to the broker closed", 12, true),
  NETWORK_FROZEN("no traffic to or from the broker for seconds", 8, false),
  CONFIRM_LOST("connections closed instead of a confirm", 10, true),
  ACK_LOST("connections closed instead of an acknowledgement", 8, true),
  TASK_COPIED("a task published twice", 5, false),
  OUTCOME_COPIED(
      "an outcome published twice: connections closed between publish and confirm", 10, true),
  DISK_FULL("PostgreSQL's disk full for seconds", 4, false),
  CLOCK_JUMPED("the clock of a process jumps by up to a minute", 8, false);

  private final String description;
  private final int weight;
  private final boolean endsProcessOrConnection;

  RandomFault(String description, int weight, boolean endsProcessOrConnection) {
    this.description = description;
    this.weight = weight;
    this.endsProcessOrConnection = endsProcessOrConnection;
  }

  /** Draws a fault by weight. */
  static RandomFault next(RandomGenerator random, Set<RandomFault> without) {
    List<RandomFault> all =
        Arrays.stream(values()).filter(randomFault -> !without.contains(randomFault)).toList();
    int drawn = random.nextInt(all.stream().mapToInt(randomFault -> randomFault.weight).sum());
    for (RandomFault randomFault : all) {
      drawn -= randomFault.weight;
      if (drawn < 0) {
        return randomFault;
      }
    }
    throw new IllegalStateException("the drawn number exceeds the sum of the weights");
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean endsProcessOrConnection() {
    return endsProcessOrConnection;
  }
}
