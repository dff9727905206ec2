package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProjectTasksTest {
  private static final Instant NOON = Instant.parse("2026-05-17T12:00:00Z");

  private final ProjectTasks projectTasks = new ProjectTasks(4);

  @Test
  void theTasksOfAProjectMayUseTheirFractionOfTheConsumers() {
    List<ProjectTasks.Entry> entries = new ArrayList<>();
    for (int task = 0; task < 3; task++) {
      entries.add(projectTasks.enter(task(Lane.BATCH, "a")));
    }
    assertThat(entries.get(1).exceeds(0.5)).isFalse();
    assertThat(entries.get(2).exceeds(0.5)).isTrue();
    assertThat(entries.get(2).exceeds(0.75)).isFalse();
    assertThat(projectTasks.enter(task(Lane.BATCH, "b")).exceeds(0.5)).isFalse();

    entries.forEach(ProjectTasks.Entry::close);
    assertThat(projectTasks.enter(task(Lane.BATCH, "a")).exceeds(0)).isFalse();
    assertThat(projectTasks.enter(task(Lane.BATCH, "a")).exceeds(0)).isTrue();
  }

  @Test
  void liveTasksAndTasksWithoutAProjectAreNotCounted() {
    assertThat(projectTasks.enter(task(Lane.LIVE, "a")).project()).isNull();
    assertThat(projectTasks.enter(task(Lane.BATCH, null)).project()).isNull();
  }

  private static TaskMessage task(Lane lane, @Nullable String project) {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "r", lane, "line", null);
    return TaskMessage.first(ids, NOON, null, Payload.of("{}")).withProject(project);
  }
}
