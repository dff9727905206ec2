package dev.sluice.producer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.producer.error.ApiException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewBatchTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void openAisCompletionWindowIsOneDay() {
    assertThat(new NewBatch("file-1", CHAT, "24h", null, null, null, null).check().window())
        .isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "24", "h", "0h", "-1h", "31d", "99999d", "24H", "1w", "24h "})
  void invalidCompletionWindowIsRejected(String window) {
    assertRejected(
        new NewBatch("file-1", CHAT, window, null, null, null, null), "completion_window");
  }

  @Test
  void missingOrInvalidValuesAreRejected() {
    assertRejected(new NewBatch(null, CHAT, "24h", null, null, null, null), "input_file_id");
    assertRejected(new NewBatch("file-1", null, "24h", null, null, null, null), "endpoint");
    assertRejected(
        new NewBatch("file-1", "/v1/chat/completion", "24h", null, null, null, null),
        "/v1/chat/completion");
    assertRejected(new NewBatch("file-1", CHAT, "24h", null, 0, null, null), "priority");
    assertRejected(new NewBatch("file-1", CHAT, "24h", null, 101, null, null), "priority");
    assertRejected(
        new NewBatch("file-1", CHAT, "24h", Map.of("k", "v".repeat(513)), null, null, null),
        "metadata");
  }

  @Test
  void budgetIsAPositiveAmountOfDollars() {
    for (String amount : List.of("0", "-1", "0.0000001", "1000000001")) {
      assertRejected(
          new NewBatch("file-1", CHAT, "24h", null, null, null, new BigDecimal(amount)),
          "A budget is a number of US dollars");
    }
    assertThat(
            new NewBatch("file-1", CHAT, "24h", null, null, null, new BigDecimal("2.50"))
                .check()
                .budget())
        .isEqualByComparingTo("2.5");
  }

  @Test
  void idIsParsedFromItsTextForm() {
    BatchId id = new BatchId(UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057"));
    assertThat(id).hasToString("batch_01890a5dac96774bbcceb302099a8057");
    assertThat(BatchId.parse(id.toString())).contains(id);
    assertThat(BatchId.parse("batch_1")).isEmpty();
    assertThat(BatchId.parse("batch_01890a5dac96774bbcceb302099a80zz")).isEmpty();
  }

  private static void assertRejected(NewBatch request, String messagePart) {
    assertThatThrownBy(request::check)
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(messagePart);
  }
}
