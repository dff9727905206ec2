package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.RouteBacklogs.ProjectBacklog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentProjectsTest {
  private static final ProjectBacklog LARGE = new ProjectBacklog("large", 500, true);
  private static final ProjectBacklog SMALL = new ProjectBacklog("small", 0, true);
  private static final ProjectBacklog PAUSED = new ProjectBacklog("paused", 0, false);

  private final RecentProjects recent = new RecentProjects();

  @Test
  void aProjectIsRecentForTenSecondsAfterItsLastTask() {
    assertThat(at(0, LARGE, SMALL)).containsExactlyInAnyOrder(LARGE, SMALL);
    assertThat(at(10, LARGE))
        .containsExactlyInAnyOrder(LARGE, new ProjectBacklog("small", 0, false));
    assertThat(at(11, LARGE)).containsExactly(LARGE);
  }

  @Test
  void aProjectWithoutTasksThatMayBeCalledIsNotRecent() {
    assertThat(at(0, LARGE, PAUSED)).containsExactly(LARGE);
  }

  private List<ProjectBacklog> at(int second, ProjectBacklog... now) {
    return recent.update(List.of(now), Duration.ofSeconds(second).toNanos());
  }
}
