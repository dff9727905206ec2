package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransitionsTest {
  private static final Path DOCUMENT = Path.of("../docs/task-lifecycle.md");
  private static final Path SOURCES = Path.of("src/main/java/dev/sluice/producer/store");

  /** A literal status in a statement that sets it. */
  private static final Pattern LITERAL_TARGET =
      Pattern.compile("(set|,)\\s+(status|state) = ('\\w+'(?! as )|case [^%]*? then ')");

  @Test
  void documentHasTheTransitionsOfBatches() throws IOException {
    assertThat(documented("## Transitions of batches")).isEqualTo(rows(Transitions.OF_BATCHES));
  }

  @Test
  void documentHasTheTransitionsOfTasks() throws IOException {
    assertThat(documented("## Transitions of tasks")).isEqualTo(rows(Transitions.OF_TASKS));
  }

  @Test
  void illegalTransitionThrows() {
    assertThatThrownBy(() -> Transitions.FINISH.to(BatchStatus.IN_PROGRESS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Illegal transition: finish does not lead to IN_PROGRESS");
    assertThatThrownBy(() -> Transitions.TERMINATE.require(TaskState.SUBMITTED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sqlHasTheStatusesOfTheTransition() {
    assertThat(Transitions.CANCEL.from("status")).isEqualTo("status = 'in_progress'");
    assertThat(Transitions.FINISH_TASK.from("state")).isEqualTo("state in ('queued', 'submitted')");
    assertThat(Transitions.START.to(BatchStatus.FINALIZING)).isEqualTo("'finalizing'");
  }

  @Test
  void everyStatementTakesItsTargetFromATransition() throws IOException {
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        assertThat(LITERAL_TARGET.matcher(Files.readString(source)).results())
            .as(source.toString())
            .isEmpty();
      }
    }
    assertThat(LITERAL_TARGET.matcher("update tasks set state = 'queued'").find()).isTrue();
  }

  private static <S extends Enum<S>> List<String> rows(List<Transition<S>> transitions) {
    return transitions.stream()
        .map(
            transition ->
                "%s: %s -> %s"
                    .formatted(transition.name(), names(transition.from()), names(transition.to())))
        .toList();
  }

  private static Set<String> names(Set<? extends Enum<?>> statuses) {
    return statuses.stream()
        .map(status -> status.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> documented(String heading) throws IOException {
    List<String> rows = new ArrayList<>();
    boolean inSection = false;
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("#")) {
        inSection = line.equals(heading);
      } else if (inSection && line.startsWith("| `")) {
        String[] cells = line.replace("`", "").split("\\|", -1);
        rows.add("%s: %s -> %s".formatted(cells[1].strip(), cell(cells[2]), cell(cells[3])));
      }
    }
    return rows;
  }

  private static Set<String> cell(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
