package dev.sluice.producer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenDeadLettersTest {
  private final OpenDeadLetters open = new OpenDeadLetters();

  @Test
  void projectCountsItsOwnAndTheAdministratorAll() {
    open.update(
        List.of(
            new OpenDeadLetters.Count("green", "mini", 3),
            new OpenDeadLetters.Count("green", "large", 2),
            new OpenDeadLetters.Count("blue", "mini", 10),
            new OpenDeadLetters.Count(null, "mini", 100)));

    assertThat(open.total(ProjectScope.ALL)).isEqualTo(115);
    assertThat(open.total(new ProjectScope(new Project("green")))).isEqualTo(5);
    assertThat(open.total(new ProjectScope(new Project("red")))).isZero();
    assertThat(open.byRoute()).isEqualTo(Map.of("mini", 113L, "large", 2L));
  }
}
