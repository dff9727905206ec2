package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ValidationRoundRobinTest {
  private static final BatchQueries.Unvalidated FIRST = batch(1, "team-a");
  private static final BatchQueries.Unvalidated SECOND = batch(2, "team-a");
  private static final BatchQueries.Unvalidated THIRD = batch(3, "team-a");
  private static final BatchQueries.Unvalidated OTHER = batch(4, "team-b");
  private static final List<BatchQueries.Unvalidated> ALL = List.of(FIRST, SECOND, THIRD, OTHER);

  private final ValidationRoundRobin roundRobin = new ValidationRoundRobin(2);

  @Test
  void projectsAlternate() {
    roundRobin.take(ALL, Set.of()).ifPresent(roundRobin::release);

    assertThat(roundRobin.take(List.of(SECOND, THIRD, OTHER), Set.of())).contains(OTHER);
    roundRobin.release(OTHER);
    assertThat(roundRobin.take(List.of(SECOND, THIRD), Set.of())).contains(SECOND);
  }

  @Test
  void projectDoesNotUseAllLoops() {
    List<BatchQueries.Unvalidated> own = List.of(FIRST, SECOND, THIRD);

    assertThat(roundRobin.take(own, Set.of())).contains(FIRST);
    assertThat(roundRobin.take(own, Set.of())).contains(SECOND);
    assertThat(roundRobin.take(own, Set.of())).isEmpty();
    assertThat(roundRobin.take(ALL, Set.of())).contains(OTHER);
    roundRobin.release(FIRST);
    assertThat(roundRobin.take(own, Set.of(FIRST.id()))).contains(THIRD);
  }

  @Test
  void triedBatchIsSkipped() {
    assertThat(roundRobin.take(List.of(FIRST, SECOND), Set.of(FIRST.id()))).contains(SECOND);
  }

  private static BatchQueries.Unvalidated batch(int id, String project) {
    return new BatchQueries.Unvalidated(new BatchId(new UUID(0, id)), new Project(project));
  }
}
