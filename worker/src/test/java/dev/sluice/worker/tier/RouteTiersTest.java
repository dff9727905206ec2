package dev.sluice.worker.tier;

import static dev.sluice.common.wire.ServiceTier.FLEX;
import static dev.sluice.common.wire.ServiceTier.STANDARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskTier;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply.Answered;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTiersTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final String CHAT = "/v1/chat/completions";
  private static final String REQUEST = "{\"model\":\"m\"}";
  private static final URI PROVIDER = URI.create("https://api.openai.com/v1");
  private static final Answered REPLY = new Answered(429, Map.of(), Payload.empty(), Duration.ZERO);

  private final RouteTiers tiers = tiers(Map.of());

  @Test
  void batchRequestsTheTierElseTheRouteDoes() {
    RouteTiers flexRoute = tiers(Map.of("tier", "flex"));

    assertThat(tiers.choose(ofRoute(), NOON)).isEqualTo(STANDARD);
    assertThat(tiers.choose(task(FLEX), NOON)).isEqualTo(FLEX);
    assertThat(flexRoute.choose(ofRoute(), NOON)).isEqualTo(FLEX);
    assertThat(flexRoute.choose(task(STANDARD), NOON)).isEqualTo(STANDARD);
  }

  @Test
  void taskWithACallerIsNeverSentAtTheFlexTier() {
    TaskMessage live = task(CHAT, Lane.LIVE, REQUEST, null);

    assertThat(tiers.choose(live, NOON)).isEqualTo(STANDARD);
    assertThat(tiers(Map.of("tier", "flex")).choose(live, NOON)).isEqualTo(STANDARD);
    assertThat(tiers.choose(task(FLEX).withReplyTo("replies", 0), NOON)).isEqualTo(STANDARD);
  }

  @Test
  void onlyRequestsThatMayHaveATierAndNameNoneAreChanged() {
    assertThat(tiers.choose(task("/v1/responses", Lane.BATCH, REQUEST, null), NOON))
        .isEqualTo(FLEX);
    assertThat(tiers.choose(task("/v1/embeddings", Lane.BATCH, REQUEST, null), NOON))
        .isEqualTo(STANDARD);
    for (String request :
        List.of("{\"model\":\"m\",\"service_tier\":\"priority\"}", "{\"x\":1}", "[1]")) {
      assertThat(tiers.choose(task(CHAT, Lane.BATCH, request, null), NOON)).isEqualTo(STANDARD);
    }
  }

  @Test
  void taskIsSentAtTheStandardTierBeforeItsDeadline() {
    Duration limit = Duration.ofHours(2); // the default

    assertThat(tiers.choose(task(NOON.plus(limit).plusSeconds(1)), NOON)).isEqualTo(FLEX);
    assertThat(tiers.choose(task(NOON.plus(limit)), NOON)).isEqualTo(STANDARD);
    assertThat(
            tiers(Map.of("tier-fallback.before-deadline", "0s"))
                .choose(task(NOON.plusSeconds(1)), NOON))
        .isEqualTo(FLEX);
  }

  @Test
  void taskIsSentAtTheStandardTierAfterItsRefusals() {
    RouteTiers limited = tiers(Map.of("tier-fallback.after-refusals", "3"));

    assertThat(limited.choose(task(FLEX).withTier(new TaskTier(FLEX, 2)), NOON)).isEqualTo(FLEX);
    assertThat(limited.choose(task(FLEX).withTier(new TaskTier(FLEX, 3)), NOON))
        .isEqualTo(STANDARD);
    assertThat(tiers.choose(task(FLEX).withTier(new TaskTier(FLEX, 900)), NOON)).isEqualTo(FLEX);
  }

  @Test
  void modelWithoutTheTierIsRememberedForADay() {
    tiers.onFlexCallFinished(task(FLEX), new TaskOutcome.NoTier(REPLY), NOON);

    assertThat(tiers.choose(task(FLEX), NOON.plusSeconds(1))).isEqualTo(STANDARD);
    assertThat(tiers.status().modelsWithoutFlex()).containsExactly("m");
    assertThat(
            tiers.choose(
                task(CHAT, Lane.BATCH, "{\"model\":\"other\"}", null), NOON.plusSeconds(1)))
        .isEqualTo(FLEX);
    assertThat(tiers.choose(task(FLEX), NOON.plus(Duration.ofHours(25)))).isEqualTo(FLEX);
  }

  @Test
  void statusCountsTheRefusalsOfTheLastCalls() {
    for (int i = 0; i < 150; i++) {
      tiers.onFlexCallFinished(
          task(FLEX),
          i < 100
              ? new TaskOutcome.NoCapacity(null, REPLY)
              : new TaskOutcome.Rejected(FailureCode.INVALID_REQUEST, REPLY),
          NOON);
    }

    assertThat(tiers.status()).isEqualTo(new TierStatus(100, 50, List.of(), List.of()));

    tiers.onFlexCallFinished(task(FLEX), new TaskOutcome.NoCapacity(null, REPLY), NOON);
    tiers.onFlexCallFinished(task(FLEX), new TaskOutcome.NoCapacity(null, REPLY), NOON);
    assertThat(tiers.status().refusedBatches()).as("50 of 100").isEmpty();
    for (int i = 0; i < 60; i++) {
      tiers.onFlexCallFinished(task(FLEX), new TaskOutcome.NoCapacity(null, REPLY), NOON);
    }
    assertThat(tiers.status().refusedBatches()).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"model\":\"m\"}", " \n{\"model\":\"{ü}\", \"n\":1 }"})
  void onlyTheMemberIsAddedToTheRequest(String request) {
    TaskMessage task = task(CHAT, Lane.BATCH, request, null);

    assertThat(RouteTiers.withRequest(task, STANDARD, PROVIDER)).isEqualTo(task);
    assertThat(RouteTiers.withRequest(task, FLEX, PROVIDER).body().text())
        .isEqualTo(request.replaceFirst("\\{", "{\"service_tier\":\"flex\","));
    assertThat(RouteTiers.withRequest(task, FLEX, PROVIDER).requestHeaders()).isEmpty();
  }

  @Test
  void vertexHasAHeaderInPlaceOfTheMember() {
    TaskMessage task = task(FLEX);
    TaskMessage sent =
        RouteTiers.withRequest(
            task, FLEX, URI.create("https://aiplatform.googleapis.com/v1/openapi"));

    assertThat(sent.body()).isEqualTo(task.body());
    assertThat(sent.requestHeaders())
        .isEqualTo(Map.of("x-vertex-ai-llm-shared-request-type", "flex"));
  }

  private static RouteTiers tiers(Map<String, String> settings) {
    return new RouteTiers(TestRoutes.route("r", settings));
  }

  private static TaskMessage ofRoute() {
    return task(FLEX).withTier(TaskTier.OF_ROUTE);
  }

  private static TaskMessage task(ServiceTier requested) {
    return task(CHAT, Lane.BATCH, REQUEST, null).withTier(TaskTier.of(requested));
  }

  private static TaskMessage task(Instant deadline) {
    return task(CHAT, Lane.BATCH, REQUEST, deadline);
  }

  private static TaskMessage task(
      String endpoint, Lane lane, String request, @Nullable Instant deadline) {
    TaskIds ids = new TaskIds("t", "b", endpoint, "r", lane, "c", null);
    return TaskMessage.first(ids, NOON, deadline, Payload.of(request)).withTier(TaskTier.of(FLEX));
  }
}
