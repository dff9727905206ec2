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

  private final ValidationRoundRobin turns = new ValidationRoundRobin(2);

  @Test
  void projectsAlternate() {
    turns.take(ALL, Set.of()).ifPresent(turns::release);

    assertThat(turns.take(List.of(SECOND, THIRD, OTHER), Set.of())).contains(OTHER);
    turns.release(OTHER);
    assertThat(turns.take(List.of(SECOND, THIRD), Set.of())).contains(SECOND);
  }

  @Test
  void projectDoesNotUseAllLoops() {
    List<BatchQueries.Unvalidated> own = List.of(FIRST, SECOND, THIRD);

    assertThat(turns.take(own, Set.of())).contains(FIRST);
    assertThat(turns.take(own, Set.of())).contains(SECOND);
    assertThat(turns.take(own, Set.of())).isEmpty();
    assertThat(turns.take(ALL, Set.of())).contains(OTHER);
    turns.release(FIRST);
    assertThat(turns.take(own, Set.of(FIRST.id()))).contains(THIRD);
  }

  @Test
  void triedBatchIsSkipped() {
    assertThat(turns.take(List.of(FIRST, SECOND), Set.of(FIRST.id()))).contains(SECOND);
  }

  private static BatchQueries.Unvalidated batch(int id, String project) {
    return new BatchQueries.Unvalidated(new BatchId(new UUID(0, id)), new Project(project));
  }
}
