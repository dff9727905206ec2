package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenEstimatorTest {
  private final TokenEstimator estimator = new TokenEstimator();

  @Test
  void aChatCountsItsTextsAndTheLongestReplyItAllows() {
    long withBound =
        chat(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],\"max_tokens\":100}");
    long withThree =
        chat(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],\"max_tokens\":100,\"n\":3}");

    assertThat(withBound).isBetween(107L, 111L); // 3 words, the role, 4 around the message
    assertThat(withThree - withBound).isEqualTo(200);
  }

  @Test
  void aReplyWithoutABoundIsAssumed() {
    assertThat(chat("{\"messages\":[]}")).isEqualTo(TokenEstimator.ASSUMED_REPLY_TOKENS);
  }

  @Test
  void embeddingsHaveNoReplyInTokens() {
    long tokens =
        estimator
            .estimate("/v1/embeddings", Payload.of("{\"input\":[\"one two\",\"three\"]}"))
            .total();

    assertThat(tokens).isEqualTo(3);
  }

  @Test
  void partsOfAMessageAreCounted() {
    String words = "word ".repeat(1000);
    String request =
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\""
            + words
            + "\"}]}],\"max_tokens\":0}";

    assertThat(chat(request)).isBetween(1_000L, 1_020L);
  }

  @Test
  void aPictureIsNotCountedAsText() {
    String picture = "data:image/png;base64," + "iVBORw0KGgo".repeat(100_000);

    assertThat(
            chat(
                "{\"messages\":[{\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\""
                    + picture
                    + "\"}}]}],\"max_tokens\":0}"))
        .isBetween(1_105L, 1_130L);
  }

  @Test
  void aVeryLongTextIsEstimatedByItsLength() {
    assertThat(
            chat("{\"messages\":[],\"prompt\":\"" + "a".repeat(400_000) + "\",\"max_tokens\":0}"))
        .isEqualTo(100_000);
  }

  @Test
  void thePromptAndTheReplyAreToldApart() {
    EstimatedUsage estimatedUsage =
        estimate("{\"messages\":[{\"content\":\"one two three\"}],\"max_tokens\":100,\"n\":3}");

    assertThat(estimatedUsage)
        .isEqualTo(new EstimatedUsage(7, 300)); // 3 words, 4 around the message
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807", "99999999999999999999999"})
  void aBoundThatIsASlipIsALongReplyAndNoOverflow(String bound) {
    EstimatedUsage estimatedUsage =
        estimate("{\"messages\":[],\"max_tokens\":" + bound + ",\"n\":2147483647}");

    assertThat(estimatedUsage.reply()).isGreaterThan(1_000_000);
    assertThat(estimatedUsage.total()).isEqualTo(estimatedUsage.reply());
  }

  @Test
  void whatIsNoJsonCountsAsOne() {
    assertThat(chat("no json")).isEqualTo(1);
  }

  private long chat(String request) {
    return estimate(request).total();
  }

  private EstimatedUsage estimate(String request) {
    return estimator.estimate("/v1/chat/completions", Payload.of(request));
  }
}
