package dev.sluice.common.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Declarables;

class WatchedQueuesTest {
  private static final Declarables TOPOLOGY = SluiceTopology.declare(List.of("a"));
  private static final List<String> TASKS = List.of("sluice.tasks.a", "sluice.tasks.a.live");

  @Test
  void producerChecksAllButTheDelayQueuesInEachRound() {
    List<String> queues = new ArrayList<>(TASKS);
    queues.addAll(List.of("sluice.results", "sluice.dead.a"));

    assertThat(WatchedQueues.ofProducer(TOPOLOGY).due(1))
        .containsExactlyInAnyOrderElementsOf(queues);
  }

  @Test
  void workerChecksTheQueuesThatItConsumesInEachRound() {
    assertThat(WatchedQueues.ofWorker(TOPOLOGY).due(1)).containsExactlyInAnyOrderElementsOf(TASKS);
  }

  @Test
  void allQueuesAreCheckedInOneOf15Rounds() {
    WatchedQueues queues = WatchedQueues.ofWorker(TOPOLOGY);

    for (int round = 1; round <= 30; round++) {
      assertThat(queues.due(round)).hasSize(round % 15 == 0 ? 4 + 49 : 2);
    }
    assertThat(queues.due(15)).containsAll(DelayLevels.queueNames());
  }
}
