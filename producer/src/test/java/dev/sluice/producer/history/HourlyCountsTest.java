package dev.sluice.producer.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HourlyCountsTest {
  private static final TaskIds IDS =
      new TaskIds("id", null, "/v1/embeddings", "route", Lane.BATCH, "id", null);
  private static final Payload BODY = Payload.of("{}");

  @Test
  void expiredAndCancelledTasksCountOnlyTheir429sAndTokens() {
    CallStats stats = stats(10, 5);

    assertThat(HourlyCounts.of(OutcomeMessage.completed(IDS, stats, BODY)))
        .isEqualTo(new HourlyCounts(1, 0, 2, 15));
    assertThat(
            HourlyCounts.of(
                OutcomeMessage.failed(
                    IDS, new Failure(FailureCode.INVALID_REQUEST, "x"), stats, BODY)))
        .isEqualTo(new HourlyCounts(0, 1, 2, 15));
    assertThat(HourlyCounts.of(OutcomeMessage.cancelled(IDS, stats, BODY)))
        .isEqualTo(new HourlyCounts(0, 0, 2, 15));
    assertThat(HourlyCounts.of(OutcomeMessage.expired(IDS, stats, BODY)))
        .isEqualTo(new HourlyCounts(0, 0, 2, 15));
  }

  @Test
  void liveCallWithAnErrorIsFailed() {
    assertThat(HourlyCounts.ofLiveCall(stats(3, 0), true)).isEqualTo(new HourlyCounts(1, 0, 2, 3));
    assertThat(HourlyCounts.ofLiveCall(stats(0, 0), false)).isEqualTo(new HourlyCounts(0, 1, 2, 0));
  }

  @Test
  void implausibleTokensDoNotOverflowTheSums() {
    HourlyCounts implausible = HourlyCounts.ofLiveCall(stats(Long.MAX_VALUE, 0), true);

    assertThat(implausible.tokens()).isEqualTo(1_000_000_000_000L);
    assertThat(implausible.plus(implausible).tokens()).isEqualTo(2_000_000_000_000L);
  }

  private static CallStats stats(long promptTokens, long completionTokens) {
    return new CallStats(
        1,
        2,
        200,
        "req",
        promptTokens,
        completionTokens,
        Duration.ofMillis(20),
        "worker",
        CallStats.none(1, 2, "worker").history());
  }
}
