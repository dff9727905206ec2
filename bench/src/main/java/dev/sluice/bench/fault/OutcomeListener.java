package dev.sluice.bench.fault;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.GetResponse;
import java.util.HashMap;
import java.util.Map;

/** Consumes a copy of every published outcome from its own queue and counts duplicates. */
final class OutcomeListener {
  static final String OUTCOMES = "sluice.outcomes";
  private static final String QUEUE = "faults.outcomes";

  private final DirectBroker broker;

  /** Starts to consume, and continues after the broker restarts. */
  OutcomeListener(DirectBroker broker) {
    this.broker = broker;
    broker.on(
        channel -> {
          channel.exchangeDeclare(OUTCOMES, BuiltinExchangeType.TOPIC, true);
          channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
          channel.queueBind(QUEUE, OUTCOMES, "#");
        });
  }

  /**
   * The received outcomes.
   *
   * @param duplicates duplicates of earlier outcomes
   */
  record ReceivedOutcomes(long outcomes, long duplicates) {}

  ReceivedOutcomes all() {
    Map<String, Integer> times = new HashMap<>();
    broker.on(
        channel -> {
          for (GetResponse one = channel.basicGet(QUEUE, true);
              one != null;
              one = channel.basicGet(QUEUE, true)) {
            Object run = one.getProps().getHeaders().getOrDefault("sluice-run", 1);
            times.merge(one.getProps().getMessageId() + "/" + run, 1, Integer::sum);
          }
        });
    long all = times.values().stream().mapToLong(Integer::longValue).sum();
    return new ReceivedOutcomes(all, all - times.size());
  }
}
