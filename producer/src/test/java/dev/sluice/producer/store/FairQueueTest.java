package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);
  private static final String TEAM = "team-a";

  @Test
  void batchesOfTheSamePriorityAlternate() {
    List<FairQueue.Entry> all = new ArrayList<>();
    all.addAll(FairQueue.candidates(batch(ONE, TEAM, 10), tasks(ONE, 4, 100)));
    all.addAll(FairQueue.candidates(batch(OTHER, TEAM, 10), tasks(OTHER, 4, 100)));

    assertThat(FairQueue.choose(all, 4, Long.MAX_VALUE))
        .containsExactly(id(ONE, 1), id(OTHER, 1), id(ONE, 2), id(OTHER, 2));
  }

  @Test
  void batchOfTwiceThePriorityGetsTwiceTheTokens() {
    List<FairQueue.Entry> all = new ArrayList<>();
    all.addAll(FairQueue.candidates(batch(ONE, TEAM, 10), tasks(ONE, 30, 100)));
    all.addAll(FairQueue.candidates(batch(OTHER, TEAM, 20), tasks(OTHER, 30, 100)));

    List<UUID> chosen = FairQueue.choose(all, 30, Long.MAX_VALUE);
    assertThat(chosen).filteredOn(id -> id.getMostSignificantBits() == 2).hasSize(20);
  }

  @Test
  void selectionEndsWithTheTaskThatReachesTheByteLimit() {
    List<FairQueue.Entry> all = FairQueue.candidates(batch(ONE, TEAM, 10), tasks(ONE, 10, 100));

    assertThat(FairQueue.choose(all, 10, 2_500)).hasSize(3);
  }

  @Test
  void manyUrgentBatchesOfAProjectDoNotDelayAnotherProject() {
    List<FairQueue.Entry> all = new ArrayList<>();
    for (int i = 10; i < 50; i++) {
      UUID urgent = new UUID(0, i);
      all.addAll(FairQueue.candidates(batch(urgent, "team-b", 100), tasks(urgent, 10, 100)));
    }
    all.addAll(FairQueue.candidates(batch(ONE, TEAM, 1), tasks(ONE, 10, 100)));

    assertThat(FairQueue.choose(all, 20, Long.MAX_VALUE))
        .filteredOn(id -> id.getMostSignificantBits() == 1)
        .hasSize(10);
  }

  @Test
  void projectWithLargerTasksGetsFewerOfThem() {
    List<FairQueue.Entry> all = new ArrayList<>();
    all.addAll(FairQueue.candidates(batch(ONE, TEAM, 10), tasks(ONE, 30, 100)));
    all.addAll(FairQueue.candidates(batch(OTHER, "team-b", 10), tasks(OTHER, 30, 200)));

    assertThat(FairQueue.choose(all, 30, Long.MAX_VALUE))
        .filteredOn(id -> id.getMostSignificantBits() == 1)
        .hasSize(20);
  }

  private static FairQueue.QueuedBatch batch(UUID id, String project, int priority) {
    return new FairQueue.QueuedBatch(id, project, 0, 0, priority);
  }

  private static List<FairQueue.QueuedTask> tasks(UUID batch, int count, long tokens) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(line -> new FairQueue.QueuedTask(id(batch, line), line, tokens, 1_000))
        .toList();
  }

  private static UUID id(UUID batch, long line) {
    return new UUID(batch.getLeastSignificantBits(), line);
  }
}
