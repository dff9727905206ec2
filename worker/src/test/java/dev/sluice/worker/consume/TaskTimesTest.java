package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.ServiceTier;
import dev.sluice.platform.route.Provider;
import dev.sluice.platform.route.TestRoutes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskTimesTest {

  @ParameterizedTest
  @CsvSource({"2, 10", "14, 10", "15, 9", "16, 8"})
  void waitForAPermitLeavesTimeForTheCall(int callMinutes, int permitMinutes) {
    Duration call = Duration.ofMinutes(callMinutes);

    assertThat(TaskTimes.permitTimeout(call)).isEqualTo(Duration.ofMinutes(permitMinutes));
    assertThat(
            TaskMemoryLimiter.WAIT_TIMEOUT
                .plus(TaskDeduplicator.WAIT_TIMEOUT)
                .plus(TaskTimes.permitTimeout(call))
                .plus(call)
                .plus(TaskTimes.SETTLEMENT))
        .isLessThanOrEqualTo(TaskTimes.CONSUMER_TIMEOUT);
  }

  @Test
  void flexCallHasFifteenMinutesOrTheLongerTimeoutOfTheRoute() {
    assertThat(provider("2m").callTimeout(ServiceTier.FLEX)).isEqualTo(Duration.ofMinutes(15));
    assertThat(provider("16m").callTimeout(ServiceTier.FLEX)).isEqualTo(Duration.ofMinutes(16));
    assertThat(provider("2m").callTimeout(ServiceTier.STANDARD)).isEqualTo(Duration.ofMinutes(2));
    assertThat(TaskTimes.permitTimeout(Provider.MAX_CALL_TIMEOUT))
        .isGreaterThanOrEqualTo(Duration.ofMinutes(8));
  }

  private static Provider provider(String callTimeout) {
    return TestRoutes.route("r", Map.of("provider.call-timeout", callTimeout)).provider();
  }
}
