package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.TaskSearchResultMessage;
import dev.sluice.producer.route.report.TaskSearchResults.Answer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TaskSearchResultsTest {
  private static final UUID SEARCH = new UUID(1, 1);
  private static final UUID TASK = new UUID(2, 1);

  private final TaskSearchResults results = new TaskSearchResults();

  @Test
  void latestAnswerOfEachWorkerCounts() {
    results.start(SEARCH);
    results.add(answer("a", SEARCH.toString(), 2, TASK.toString()));
    results.add(answer("a", SEARCH.toString(), 1));
    results.add(answer("b", SEARCH.toString(), 1, "an id of an external publisher"));

    assertThat(results.of(SEARCH))
        .isEqualTo(Map.of("a", new Answer(2, Set.of(TASK)), "b", new Answer(1, Set.of())));
  }

  @Test
  void answersToOtherSearchesAreIgnored() {
    results.start(SEARCH);
    results.add(answer("a", new UUID(1, 2).toString(), 1, TASK.toString()));
    results.add(answer("a", "no id", 1, TASK.toString()));
    assertThat(results.of(SEARCH)).isEmpty();

    results.end(SEARCH);
    results.add(answer("a", SEARCH.toString(), 1, TASK.toString()));
    assertThat(results.of(SEARCH)).isEmpty();
  }

  @Test
  void nextRoundKeepsTheAnswers() {
    results.start(SEARCH);
    results.add(answer("a", SEARCH.toString(), 1, TASK.toString()));
    results.start(SEARCH);
    assertThat(results.of(SEARCH)).containsKey("a");
  }

  private static TaskSearchResultMessage answer(
      String worker, String search, int round, String... found) {
    return new TaskSearchResultMessage(worker, search, round, List.of(found));
  }
}
