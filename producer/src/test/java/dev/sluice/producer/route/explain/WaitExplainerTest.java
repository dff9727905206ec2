package dev.sluice.producer.route.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.batch.StopReason;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.api.route.RouteStatus.Limit;
import dev.sluice.api.route.WaitReason;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchDefinition;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchStatus;
import dev.sluice.producer.store.CutOffPolicy;
import dev.sluice.producer.store.PauseReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  void batchIsLimitedByTheBindingLimit() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(3, null, requests(700), tokens(200_000))),
            List.of(backlog(OWN, 3_000, 10), backlog(OTHER, 1_750, 10), backlog(THIRD, 950, 10)),
            Map.of());

    WaitReason waitReason = waitExplainer.of(running());

    assertThat(waitReason.sentence())
        .isEqualTo(
            "Limited by tokens/min on route mini. Route: 5,700 unfinished tasks of 3 running batches,"
                + " 601 tasks/min (200 k tokens/min). This batch: 3,000 unfinished tasks, about"
                + " 9 min left.");
    assertThat(waitReason.kind()).isEqualTo("tokens_per_minute");
    assertThat(waitReason.secondsLeft()).isEqualTo(569);
  }

  @Test
  void aSingleBatchGetsTheWholeRate() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60), tokens(200_000))),
            List.of(backlog(OWN, 90, 10)),
            Map.of());

    assertThat(waitExplainer.of(running()).sentence())
        .isEqualTo(
            "Limited by requests/min on route mini. Route: 90 unfinished tasks of 1 running batch,"
                + " 60 tasks/min. This batch: 90 unfinished tasks, about 90 s left.");
  }

  @Test
  void withoutARateLimitConcurrencyIsTheLimit() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(2, null)), List.of(backlog(OWN, 1_200, 10)), Map.of());

    assertThat(waitExplainer.of(running()).kind()).isEqualTo("concurrency");
    assertThat(waitExplainer.of(running()).sentence())
        .isEqualTo(
            "Limited by concurrency (at most 16 calls) on route mini. Route: 1,200 unfinished tasks"
                + " of 1 running batch, 480 tasks/min. This batch: 1,200 unfinished tasks, about"
                + " 3 min left.");
  }

  @Test
  void aSmallBatchIsDoneBeforeALargeOne() {
    BatchBacklog small = backlog(OWN, 100, 10);
    BatchBacklog large = backlog(OTHER, 10_000, 10);

    assertThat(FairShare.minutes(small, List.of(large, small), 100)).isEqualTo(2);
    assertThat(FairShare.minutes(large, List.of(large, small), 100)).isEqualTo(101);
  }

  @Test
  void threeTimesThePriorityGetsThreeTimesTheRate() {
    BatchBacklog urgent = backlog(OWN, 300, 30);
    BatchBacklog usual = backlog(OTHER, 300, 10);

    assertThat(FairShare.minutes(urgent, List.of(usual, urgent), 100)).isEqualTo(4);
    assertThat(FairShare.minutes(usual, List.of(usual, urgent), 100)).isEqualTo(6);
  }

  @Test
  void manyUrgentBatchesOfAnotherProjectTakeHalfOfTheRate() {
    BatchBacklog own = backlog(OWN, 10, 10);
    List<BatchBacklog> all = new ArrayList<>(List.of(own));
    for (int i = 0; i < 40; i++) {
      all.add(new BatchBacklog(OTHER, "team-b", "mini", 1_000, 0, 0, 100, true));
    }

    assertThat(FairShare.minutes(own, all, 10)).isEqualTo(2);
  }

  @Test
  void pausedBatchesDoNotShareTheRate() {
    BatchBacklog paused = new BatchBacklog(OTHER, "team-a", "mini", 90_000, 0, 0, 10, false);
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60))),
            List.of(backlog(OWN, 60, 10), paused),
            Map.of());

    assertThat(waitExplainer.of(running()).secondsLeft()).isEqualTo(60);
  }

  @Test
  void heldRouteNamesReasonAndEnd() {
    assertThat(
            held(
                new Hold(
                    "manual", "maintenance at noon", NOON, null, false, false, List.of(), false)))
        .isEqualTo(
            "Route mini is held: manual hold (maintenance at noon); since 2026-11-01T12:00:00Z,"
                + " until it is released. This batch: 5 unfinished tasks.");
    assertThat(held(new Hold("rate_limit", "rate limit", NOON, false)))
        .isEqualTo(
            "Route mini is held: rate limited by the provider; until 2026-11-01T12:00:00Z."
                + " This batch: 5 unfinished tasks.");
    assertThat(held(new Hold("quota", "the provider's quota is used up", NOON, false)))
        .isEqualTo(
            "Route mini is held: the provider's quota is used up; next probe at"
                + " 2026-11-01T12:00:00Z. This batch: 5 unfinished tasks.");
    assertThat(held(new Hold("breaker", "HTTP 503", NOON, true)))
        .isEqualTo(
            "Route mini is held: circuit breaker open (HTTP 503); a probe is running."
                + " This batch: 5 unfinished tasks.");
  }

  @Test
  void longRateLimitNamesTheWaitAndTheNextProbe() {
    Hold day =
        new Hold(
            "rate_limit",
            "the provider asks to wait 24 h",
            null,
            NOON,
            false,
            false,
            List.of(),
            true);

    assertThat(held(day))
        .isEqualTo(
            "Route mini is held: the provider asks to wait 24 h; next probe at"
                + " 2026-11-01T12:00:00Z. This batch: 5 unfinished tasks.");
  }

  @Test
  void holdOfOneBatchExplainsOnlyThisBatch() {
    assertThat(held(partial(OWN + " m")))
        .isEqualTo(
            "This batch is held on route mini, because all its calls fail: circuit breaker open"
                + " (HTTP 500); next probe at 2026-11-01T12:00:00Z."
                + " This batch: 5 unfinished tasks.");
    assertThat(held(partial("batch_x m"))).doesNotContain("held", "holds");
  }

  private static Hold partial(String source) {
    return new Hold("breaker", "HTTP 500", null, NOON, false, true, List.of(source), true);
  }

  @Test
  void heldRouteHasNoRateAndNoTimeRemaining() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(1, new Hold("quota", "no money", NOON, false), requests(60))),
            List.of(backlog(OWN, 90, 10)),
            Map.of());

    assertThat(waitExplainer.of(running()).secondsLeft()).isNull();
    assertThat(waitExplainer.of(running()).sentence()).doesNotContain("/min", "left");
    assertThat(waitExplainer.ofTask(running(), "mini", "in_broker", 0).sentence())
        .isEqualTo(
            "In the broker or with a worker of route mini. Route mini is held: no money; next probe"
                + " at 2026-11-01T12:00:00Z.");
  }

  @Test
  void missingWorkersAreNamed() {
    WaitExplainer waitExplainer =
        new WaitExplainer(Map.of("mini", route(0, null)), List.of(backlog(OWN, 5, 10)), Map.of());

    assertThat(waitExplainer.of(running()).kind()).isEqualTo("no_worker");
    assertThat(waitExplainer.of(running()).sentence())
        .isEqualTo(
            "No workers connected for route mini; tasks wait until one starts."
                + " This batch: 5 unfinished tasks.");
    assertThat(waitExplainer.ofTask(running(), "mini", "in_broker", 0).sentence())
        .isEqualTo("In the broker. No workers connected for route mini.");
  }

  @Test
  void limitOfTheRouteOfATaskInTheBrokerIsNamed() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60))), List.of(backlog(OWN, 5, 10)), Map.of());

    assertThat(waitExplainer.ofTask(running(), "mini", "in_broker", 0).sentence())
        .isEqualTo(
            "In the broker or with a worker of route mini, which is limited by requests/min.");
  }

  @Test
  void routeThatIsNoLongerConfiguredIsNamed() {
    WaitExplainer waitExplainer =
        new WaitExplainer(Map.of(), List.of(backlog(OWN, 5, 10)), Map.of());

    assertThat(waitExplainer.of(running()).sentence())
        .isEqualTo(
            "Route mini is no longer configured; its tasks wait until it is configured again."
                + " This batch: 5 unfinished tasks.");
  }

  @Test
  void loopThatMakesNoProgressIsNamedBeforeAnythingElse() {
    Map<String, Duration> stalled =
        Map.of("dispatch-mini", Duration.ofSeconds(45), "terminator", Duration.ofSeconds(50));
    WaitExplainer why =
        new WaitExplainer(Map.of("mini", route(0, null)), List.of(backlog(OWN, 5, 10)), stalled);

    assertThat(why.of(running()).kind()).isEqualTo("stalled");
    assertThat(why.of(running()).sentence())
        .isEqualTo(
            "The producer's background loop 'dispatch-mini' has made no progress for 45 s. See its log for the cause. It is safe to restart the producer.");
    assertThat(why.of(batch(BatchStatus.CANCELLING, null, null)).sentence())
        .contains("'terminator'", "50 s");
    assertThat(why.of(batch(BatchStatus.IN_PROGRESS, NOON, PauseReason.MANUAL)).kind())
        .isEqualTo("paused");
  }

  @Test
  void pausedBatchNamesTheCause() {
    WaitExplainer waitExplainer = new WaitExplainer(Map.of(), List.of(), Map.of());

    assertThat(
            waitExplainer.of(batch(BatchStatus.IN_PROGRESS, NOON, PauseReason.MANUAL)).sentence())
        .isEqualTo("Paused manually since 2026-11-01T12:00:00Z. Resume the batch to continue.");
    assertThat(
            waitExplainer.of(batch(BatchStatus.IN_PROGRESS, NOON, PauseReason.BUDGET)).sentence())
        .isEqualTo(
            "Paused since 2026-11-01T12:00:00Z: the budget of $2.50 is spent. Raise the budget to resume.");
    assertThat(
            waitExplainer
                .of(batch(BatchStatus.IN_PROGRESS, NOON, PauseReason.PROJECT_BUDGET))
                .sentence())
        .isEqualTo(
            "Paused since 2026-11-01T12:00:00Z: the project's budget for this month is spent. Raise the budget to resume.");
    assertThat(
            waitExplainer
                .of(batch(BatchStatus.IN_PROGRESS, NOON, PauseReason.STOP_AFTER))
                .sentence())
        .isEqualTo(
            "Paused since 2026-11-01T12:00:00Z: 50 of the first 72 tasks failed, most with invalid_request: Unsupported parameter: 'max_tokens'. Fix the cause, then resume or cancel the batch.");
  }

  @Test
  void tasksAheadOfATaskAreCounted() {
    WaitExplainer waitExplainer =
        new WaitExplainer(
            Map.of("mini", route(1, null, requests(60))), List.of(backlog(OWN, 600, 10)), Map.of());

    WaitReason waitReason = waitExplainer.ofTask(running(), "mini", "queued", 60);
    assertThat(waitReason.sentence())
        .isEqualTo(
            "Limited by requests/min on route mini. Route: 61 unfinished tasks of 1 running batch,"
                + " 60 tasks/min. This task: 60 tasks of its batch are ahead of it, about 61 s"
                + " left.");
    assertThat(waitReason.secondsLeft()).isEqualTo(61);
    assertThat(waitExplainer.ofTask(running(), "mini", "completed", 0).sentence())
        .isEqualTo("Not waiting; the task has finished.");
  }

  @Test
  void amountsAndTimesAreFormattedShort() {
    assertThat(ReadableNumbers.amount(950)).isEqualTo("950");
    assertThat(ReadableNumbers.amount(12_400)).isEqualTo("12.4 k");
    assertThat(ReadableNumbers.amount(999_600)).isEqualTo("1 M");
    assertThat(ReadableNumbers.duration(Duration.ofHours(3))).isEqualTo("3 h");
    assertThat(ReadableNumbers.duration(Duration.ofDays(4))).isEqualTo("4 days");
    assertThat(ReadableNumbers.unfinishedTasks(1)).isEqualTo("1 unfinished task");
    assertThat(ReadableNumbers.runningBatches(2)).isEqualTo("2 running batches");
  }

  @Test
  void batchOfTheFlexTierSaysOnceThatItsModelDoesNotHaveIt() {
    Batch flex = batch(BatchStatus.IN_PROGRESS, null, null, ServiceTier.FLEX);
    RouteStatus.Tier tier = new RouteStatus.Tier("standard", 80, 0, List.of("gpt-4o"));

    assertThat(flexSentence(tier, flex))
        .endsWith(
            " left. Models without a flex tier, whose tasks are sent at the standard tier: gpt-4o.");
    assertThat(flexSentence(tier, running())).endsWith(" left.");
    assertThat(flexSentence(new RouteStatus.Tier("flex", 80, 32, List.of()), running()))
        .endsWith(
            " left. Flex tier: the provider had no capacity for 32 of the last 80 calls; these tasks are sent again later.");
  }

  private static String flexSentence(RouteStatus.Tier tier, Batch batch) {
    return new WaitExplainer(
            Map.of("mini", route(tier, 1, null, requests(60))),
            List.of(backlog(OWN, 60, 10)),
            Map.of())
        .of(batch)
        .sentence();
  }

  private static String held(Hold hold) {
    return new WaitExplainer(Map.of("mini", route(1, hold)), List.of(backlog(OWN, 5, 10)), Map.of())
        .of(running())
        .sentence();
  }

  private static Batch running() {
    return batch(BatchStatus.IN_PROGRESS, null, null);
  }

  private static Batch batch(
      BatchStatus status, @Nullable Instant paused, @Nullable PauseReason pausedBy) {
    return batch(status, paused, pausedBy, null);
  }

  private static Batch batch(
      BatchStatus status,
      @Nullable Instant paused,
      @Nullable PauseReason pausedBy,
      @Nullable ServiceTier tier) {
    return new Batch(
        OWN,
        Project.DEFAULT,
        new BatchDefinition(
            "file-1",
            "/v1/chat/completions",
            "24h",
            null,
            10,
            null,
            CutOffPolicy.KEEP,
            null,
            null,
            AnswerCheck.NONE,
            tier),
        status,
        List.of(),
        new Batch.ResultFiles(null, null),
        new Batch.Times(NOON, NOON, NOON, null, null, null, null, null, null, paused),
        null,
        new BigDecimal("2.50"),
        pausedBy,
        new StopReason(50, 72, "invalid_request", "Unsupported parameter: 'max_tokens'."),
        new Batch.Counts(10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  private static BatchBacklog backlog(BatchId batch, long left, int priority) {
    return new BatchBacklog(batch, "team-a", "mini", left - 1, 1, 0, priority, true);
  }

  private static Limit requests(long perMinute) {
    return new Limit("requests", perMinute, "configured", perMinute, null);
  }

  private static Limit tokens(long perMinute) {
    return new Limit("tokens", perMinute, "advertised", perMinute, null);
  }

  private static RouteStatus route(long workers, @Nullable Hold hold, Limit... limits) {
    return route(new RouteStatus.Tier("standard", 0, 0, List.of()), workers, hold, limits);
  }

  private static RouteStatus route(
      RouteStatus.Tier tier, long workers, @Nullable Hold hold, Limit... limits) {
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
        tier,
        Map.of(),
        List.of(),
        List.of());
  }
}
