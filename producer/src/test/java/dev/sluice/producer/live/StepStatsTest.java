package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.access.Project;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class StepStatsTest {
  private static final Project RED = Project.named("red");
  private static final Project BLUE = Project.named("blue");

  private final StepStats stepStats = new StepStats(new SimpleMeterRegistry());

  @Test
  void stepNamesOfOneProjectDoNotUseUpThoseOfAnother() {
    for (int i = 0; i < StepStats.MAX_NAMES; i++) {
      assertThat(stepStats.name(RED, "step-" + i)).isEqualTo("step-" + i);
    }

    assertThat(stepStats.name(RED, "one-more")).isEqualTo(StepStats.OTHERS);
    assertThat(stepStats.name(RED, "step-0")).isEqualTo("step-0");
    assertThat(stepStats.name(RED, "")).isEqualTo(StepStats.UNNAMED);
    assertThat(stepStats.name(BLUE, "plan")).isEqualTo("plan");
  }
}
