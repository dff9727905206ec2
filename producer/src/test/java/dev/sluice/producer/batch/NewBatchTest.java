package dev.sluice.producer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.store.CutOffPolicy;
import dev.sluice.producer.store.StopCondition;
import dev.sluice.producer.web.ApiException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NewBatchTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void openAisCompletionWindowIsOneDay() {
    assertThat(
            new NewBatch(
                    "file-1", CHAT, "24h", null, null, null, null, null, null, null, null, null)
                .check()
                .window())
        .isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "24", "h", "0h", "-1h", "31d", "99999d", "24H", "1w", "24h "})
  void invalidCompletionWindowIsRejected(String window) {
    assertRejected(
        new NewBatch("file-1", CHAT, window, null, null, null, null, null, null, null, null, null),
        "completion_window");
  }

  @Test
  void missingOrInvalidValuesAreRejected() {
    assertRejected(
        new NewBatch(null, CHAT, "24h", null, null, null, null, null, null, null, null, null),
        "input_file_id");
    assertRejected(
        new NewBatch("file-1", null, "24h", null, null, null, null, null, null, null, null, null),
        "endpoint");
    assertRejected(
        new NewBatch(
            "file-1",
            "/v1/chat/completion",
            "24h",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null),
        "/v1/chat/completion");
    assertRejected(
        new NewBatch("file-1", CHAT, "24h", null, 0, null, null, null, null, null, null, null),
        "priority");
    assertRejected(
        new NewBatch("file-1", CHAT, "24h", null, 101, null, null, null, null, null, null, null),
        "priority");
    assertRejected(
        new NewBatch(
            "file-1",
            CHAT,
            "24h",
            Map.of("k", "v".repeat(513)),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null),
        "metadata");
  }

  @Test
  void tierIsFlexOrStandardAndFlexNeedsAnEndpointThatHasIt() {
    assertThat(withTier(CHAT, "flex").check().definition().tier()).isEqualTo(ServiceTier.FLEX);
    assertThat(withTier(CHAT, null).check().definition().tier()).isNull();
    assertRejected(withTier(CHAT, "batch"), "tier");
    assertRejected(withTier("/v1/embeddings", "flex"), "/v1/chat/completions and /v1/responses");
  }

  private static NewBatch withTier(String endpoint, @Nullable String tier) {
    return new NewBatch(
        "file-1", endpoint, "24h", null, null, null, null, null, null, null, tier, null);
  }

  @Test
  void budgetIsAPositiveAmountOfDollars() {
    for (String amount : List.of("0", "-1", "0.0000001", "1000000001")) {
      assertRejected(
          new NewBatch(
              "file-1",
              CHAT,
              "24h",
              null,
              null,
              null,
              new BigDecimal(amount),
              null,
              null,
              null,
              null,
              null),
          "A budget is a number of US dollars");
    }
    assertThat(
            new NewBatch(
                    "file-1",
                    CHAT,
                    "24h",
                    null,
                    null,
                    null,
                    new BigDecimal("2.50"),
                    null,
                    null,
                    null,
                    null,
                    null)
                .check()
                .budget())
        .isEqualByComparingTo("2.5");
  }

  @Test
  void reuseIsADurationAndOffByDefault() {
    assertThat(reusing(null).check().definition().reuse()).isNull();
    assertThat(reusing("7d").check().definition().reuse()).isEqualTo(Duration.ofDays(7));
    assertRejected(
        reusing("forever"),
        "Invalid value for 'reuse': 'forever'. It must be a number of minutes (m)");
  }

  private static NewBatch reusing(@Nullable String reuse) {
    return new NewBatch(
        "file-1", CHAT, "24h", null, null, null, null, null, null, reuse, null, null);
  }

  @Test
  void cutOffAnswersAreKeptByDefault() {
    assertThat(extended(null, null).check().definition().cutOff()).isEqualTo(CutOffPolicy.KEEP);
    assertThat(extended("keep", null).check().definition().cutOff()).isEqualTo(CutOffPolicy.KEEP);
    assertThat(extended("fail", null).check().definition().cutOff()).isEqualTo(CutOffPolicy.FAIL);
    assertRejected(
        extended("FAIL", null), "Invalid value for 'cut_off': 'FAIL'. It must be 'keep' or 'fail'");
  }

  @Test
  void checkHasASchemaAndAMaximumNumberOfReAsks() {
    assertThat(checked(CHAT, "{\"type\": \"object\"}", null).check().definition().check())
        .isEqualTo(AnswerCheck.of("{\"type\":\"object\"}", 2));
    assertThat(checked(CHAT, "{}", 0).check().definition().check())
        .isEqualTo(AnswerCheck.of("{}", 0));
    assertRejected(checked(CHAT, null, 1), "Missing required parameter: 'check.schema'");
    assertRejected(
        checked(CHAT, "{}", 11),
        "Invalid value for 'check.re_ask': 11. It must be an integer from 0 to 10");
    assertRejected(
        checked(CHAT, "{\"items\": {\"type\": \"strin\"}}", 1), "check.schema/items/type: ");
    assertRejected(
        checked("/v1/embeddings", "{}", 1), "'check' is not available for /v1/embeddings");
  }

  private static NewBatch checked(
      String endpoint, @Nullable String schema, @Nullable Integer reAsk) {
    JsonNode json = schema == null ? null : JsonMapper.shared().readTree(schema);
    return new NewBatch(
        "file-1",
        endpoint,
        "24h",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new CheckRequest(json, reAsk));
  }

  @Test
  void stopConditionHasOneLimitOfTheFirstTasks() {
    for (StopCondition invalid :
        List.of(
            new StopCondition(null, null, null),
            new StopCondition(50L, null, null),
            new StopCondition(null, null, 200L),
            new StopCondition(50L, 0.3, 200L),
            new StopCondition(0L, null, 200L),
            new StopCondition(201L, null, 200L),
            new StopCondition(null, 0.0, 200L),
            new StopCondition(null, 1.1, 200L),
            new StopCondition(1L, null, 0L))) {
      assertRejected(extended(null, invalid), "Invalid value for 'stop_after'");
    }
    StopCondition valid = new StopCondition(null, 0.3, 200L);
    assertThat(extended(null, valid).check().definition().stopAfter()).isEqualTo(valid);
  }

  private static NewBatch extended(@Nullable String cutOff, @Nullable StopCondition stopAfter) {
    return new NewBatch(
        "file-1", CHAT, "24h", null, null, null, null, cutOff, stopAfter, null, null, null);
  }

  private static void assertRejected(NewBatch request, String messagePart) {
    assertThatThrownBy(request::check)
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(messagePart);
  }
}
