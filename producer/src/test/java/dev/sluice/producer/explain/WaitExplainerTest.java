package dev.sluice.producer.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.report.RouteStatus;
import dev.sluice.producer.report.RouteStatus.Hold;
import dev.sluice.producer.report.RouteStatus.Limit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitExplainerTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final BatchId OWN = new BatchId(new UUID(1, 1));
  private static final BatchId OTHER = new BatchId(new UUID(1, 2));
  private static final BatchId THIRD = new BatchId(new UUID(1, 3));

  @Test
  void batchWaitsForTheBindingLimit() {
    WaitExplainer explainer =
        new WaitExplainer(
            Map.of("mini", route(3, null, requests(700), tokens(200_000))),
            List.of(backlog(OWN, 3_000, 10), backlog(OTHER, 1_750, 10), backlog(THIRD, 950, 10)));

    WaitReason reason = explainer.of(running());

    assertThat(reason.sentence())
        .isEqualTo(
            "Waiting for tokens of route mini: 1.9 M queued at 200 k a minute, about 9 min; two other batches share it.");
    assertThat(reason.kind()).isEqualTo("tokens_per_minute");
    assertThat(reason.seconds()).isEqualTo(569);
  }

  @Test
  void singleBatchUsesTheWholeRoute() {
    WaitExplainer explainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60), tokens(200_000))),
            List.of(backlog(OWN, 90, 10)));

    assertThat(explainer.of(running()).sentence())
        .isEqualTo("Waiting for requests of route mini: 90 queued at 60 a minute, about 90 s.");
  }

  @Test
  void concurrencyBindsWithoutLimits() {
    WaitExplainer explainer =
        new WaitExplainer(Map.of("mini", route(2, null)), List.of(backlog(OWN, 1_200, 10)));

    assertThat(explainer.of(running()).kind()).isEqualTo("concurrency");
    assertThat(explainer.of(running()).sentence())
        .isEqualTo(
            "Waiting for concurrency of route mini: all 16 calls are running, 1,200 queued at 480 a minute, about 3 min.");
  }

  @Test
  void smallBatchFinishesBeforeLargeOne() {
    BatchBacklog small = backlog(OWN, 100, 10);
    BatchBacklog large = backlog(OTHER, 10_000, 10);

    assertThat(FairShare.minutes(small, List.of(large, small), 100)).isEqualTo(2);
    assertThat(FairShare.minutes(large, List.of(large, small), 100)).isEqualTo(101);
  }

  @Test
  void triplePriorityIsServedThreeTimesAsFast() {
    BatchBacklog urgent = backlog(OWN, 300, 30);
    BatchBacklog normal = backlog(OTHER, 300, 10);

    assertThat(FairShare.minutes(urgent, List.of(normal, urgent), 100)).isEqualTo(4);
    assertThat(FairShare.minutes(normal, List.of(normal, urgent), 100)).isEqualTo(6);
  }

  @Test
  void pausedBatchesDoNotCount() {
    BatchBacklog paused = new BatchBacklog(OTHER, "mini", 90_000, 0, 10, false);
    WaitExplainer explainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60))), List.of(backlog(OWN, 60, 10), paused));

    assertThat(explainer.of(running()).seconds()).isEqualTo(60);
  }

  @Test
  void holdIsExplainedWithReasonAndEnd() {
    assertThat(held(new Hold("manual", "maintenance at noon", null, false)))
        .isEqualTo("Route mini is held manually (maintenance at noon); until it is released.");
    assertThat(held(new Hold("rate_limit", "rate limit", NOON, false)))
        .isEqualTo("Route mini is held by the provider's rate limit; until 12:00:00 UTC.");
    assertThat(held(new Hold("quota", "the provider's quota is used up", NOON, false)))
        .isEqualTo(
            "Route mini is held: the provider's quota is used up; the next probe is at 12:00:00 UTC.");
    assertThat(held(new Hold("breaker", "HTTP 503", NOON, true)))
        .isEqualTo(
            "Route mini is held, its provider is failing (HTTP 503); a probe is in progress.");
  }

  @Test
  void missingWorkerIsTheReason() {
    WaitExplainer explainer =
        new WaitExplainer(Map.of("mini", route(0, null)), List.of(backlog(OWN, 5, 10)));

    assertThat(explainer.of(running()).kind()).isEqualTo("no_worker");
    assertThat(explainer.of(running()).sentence())
        .isEqualTo("Waiting for a worker of route mini: none connected.");
  }

  @Test
  void removedRouteIsNamed() {
    WaitExplainer explainer = new WaitExplainer(Map.of(), List.of(backlog(OWN, 5, 10)));

    assertThat(explainer.of(running()).sentence())
        .isEqualTo("Waiting for route mini, which is no longer in the settings.");
  }

  @Test
  void causeOfThePauseIsNamed() {
    WaitExplainer explainer = new WaitExplainer(Map.of(), List.of());

    assertThat(explainer.of(batch(BatchStatus.IN_PROGRESS, NOON, "manual")).sentence())
        .isEqualTo("Paused manually since 12:00:00 UTC, until it is resumed.");
    assertThat(explainer.of(batch(BatchStatus.IN_PROGRESS, NOON, "budget")).sentence())
        .isEqualTo(
            "Paused since 12:00:00 UTC: the budget of $2.50 is spent. Raise the budget to resume.");
    assertThat(explainer.of(batch(BatchStatus.IN_PROGRESS, NOON, "project_budget")).sentence())
        .isEqualTo("Paused since 12:00:00 UTC: the project's budget for this month is spent.");
  }

  @Test
  void taskCountsThoseAheadOfIt() {
    WaitExplainer explainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60))), List.of(backlog(OWN, 600, 10)));

    WaitReason reason = explainer.ofTask(running(), "mini", "queued", 60);
    assertThat(reason.sentence())
        .isEqualTo(
            "Waiting for requests of route mini: 61 queued at 60 a minute, about 61 s. 60 tasks of its batch are ahead of it.");
    assertThat(reason.seconds()).isEqualTo(61);
    assertThat(explainer.ofTask(running(), "mini", "completed", 0).sentence())
        .isEqualTo("Not waiting; the task has ended.");
  }

  @Test
  void amountsAndDurationsAreShort() {
    assertThat(ReadableNumbers.amount(950)).isEqualTo("950");
    assertThat(ReadableNumbers.amount(12_400)).isEqualTo("12.4 k");
    assertThat(ReadableNumbers.amount(999_600)).isEqualTo("1 M");
    assertThat(ReadableNumbers.duration(Duration.ofHours(3))).isEqualTo("3 h");
    assertThat(ReadableNumbers.duration(Duration.ofDays(4))).isEqualTo("4 days");
    assertThat(ReadableNumbers.otherBatches(1)).isEqualTo("one other batch");
  }

  private static String held(Hold hold) {
    return new WaitExplainer(Map.of("mini", route(1, hold)), List.of(backlog(OWN, 5, 10)))
        .of(running())
        .sentence();
  }

  private static Batch running() {
    return batch(BatchStatus.IN_PROGRESS, null, null);
  }

  private static Batch batch(
      BatchStatus status, @Nullable Instant paused, @Nullable String pausedBy) {
    return new Batch(
        OWN,
        Project.DEFAULT,
        "/v1/chat/completions",
        "file-1",
        "24h",
        null,
        status,
        List.of(),
        null,
        null,
        new Batch.Times(NOON, NOON, NOON, null, null, null, null, null, null, paused),
        10,
        null,
        null,
        new BigDecimal("2.50"),
        pausedBy,
        new Batch.Counts(10, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  private static BatchBacklog backlog(BatchId batch, long unfinished, int priority) {
    return new BatchBacklog(batch, "mini", unfinished - 1, 1, priority, true);
  }

  private static Limit requests(long perMinute) {
    return new Limit("requests", perMinute, "configured", perMinute, null);
  }

  private static Limit tokens(long perMinute) {
    return new Limit("tokens", perMinute, "advertised", perMinute, null);
  }

  private static RouteStatus route(long workers, @Nullable Hold hold, Limit... limits) {
    return new RouteStatus(
        "mini",
        List.of("*"),
        "api.openai.com",
        8,
        null,
        workers,
        0,
        0,
        0L,
        0L,
        null,
        hold,
        List.of(limits),
        null,
        0,
        0,
        2_000L,
        333L,
        null,
        null,
        Map.of(),
        List.of());
  }
}
