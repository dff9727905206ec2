package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.common.fleet.TaskSearchResultMessage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnsettledTasksTest {
  private final UnsettledTasks held = new UnsettledTasks("w");

  @Test
  void searchFindsUnsettledTasks() {
    held.whileUnsettled("a", () -> assertThat(found(1, "a", "b")).contains(List.of("a")));
  }

  @Test
  void searchFindsTheTasksThatAreReceivedAfterItsStart() {
    assertThat(found(1, "a", "b")).contains(List.of());

    held.whileUnsettled("b", () -> {});
    held.whileUnsettled("c", () -> {});
    held.whileUnsettled(null, () -> {});

    assertThat(found(2)).contains(List.of("b"));
  }

  @Test
  void tasksThatWereSettledBeforeTheStartAreNotFound() {
    held.whileUnsettled("a", () -> held.whileUnsettled("a", () -> {}));

    assertThat(found(1, "a")).contains(List.of());
  }

  @Test
  void taskIsUnsettledUntilTheLastOfItsCopiesIsSettled() {
    held.whileUnsettled(
        "a",
        () -> {
          held.whileUnsettled("a", () -> {});
          assertThat(found(1, "a")).contains(List.of("a"));
        });
  }

  @Test
  void laterRoundOfAnUnknownSearchIsNotAnswered() {
    assertThat(found(2, "a")).as("this worker started after round 1").isEmpty();
  }

  @Test
  void onlyTheLatestSearchesAreKept() {
    found(1, "a");
    for (int search = 0; search < 64; search++) {
      held.onSearch(new TaskSearchMessage("other " + search, 1, List.of("a")));
    }

    assertThat(found(2)).isEmpty();
  }

  private Optional<List<String>> found(int round, String... tasks) {
    return held.onSearch(new TaskSearchMessage("search", round, List.of(tasks)))
        .map(TaskSearchResultMessage::found);
  }
}
