package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenEstimatorTest {
  private final TokenEstimator estimator = new TokenEstimator();

  @Test
  void aChatRequestCountsItsTextsAndItsMaximumReply() {
    long withMaximum =
        chat(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],\"max_tokens\":100}");
    long withThree =
        chat(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],\"max_tokens\":100,\"n\":3}");

    assertThat(withMaximum).isBetween(107L, 111L); // 3 words, the role, 4 around the message
    assertThat(withThree - withMaximum).isEqualTo(200);
  }

  @Test
  void aRequestWithoutAMaximumGetsADefaultReply() {
    assertThat(chat("{\"messages\":[]}")).isEqualTo(TokenEstimator.ASSUMED_REPLY_TOKENS);
  }

  @Test
  void requestOfMillionsOfValuesIsEstimatedWithoutTree() {
    String request = "{\"messages\":[" + "{},".repeat(1_000_000) + "{}],\"max_tokens\":0}";

    assertThat(chat(request)).isEqualTo(4_000_004L);
  }

  @Test
  void embeddingsHaveNoReplyTokens() {
    long tokens =
        estimator
            .estimate("/v1/embeddings", Payload.of("{\"input\":[\"one two\",\"three\"]}"))
            .total();

    assertThat(tokens).isEqualTo(3);
  }

  @Test
  void contentPartsOfAMessageAreCounted() {
    String words = "word ".repeat(1000);
    String request =
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\""
            + words
            + "\"}]}],\"max_tokens\":0}";

    assertThat(chat(request)).isBetween(1_000L, 1_020L);
  }

  @Test
  void systemPromptOfMessageIsCountedAndItsImageDataIsNotText() {
    String request =
        "{\"system\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"%s\"}}]}],\"max_tokens\":1}"
            .formatted("word ".repeat(1000), "iVBORw0KGgo".repeat(10_000));

    assertThat(estimator.estimate("/v1/messages", Payload.of(request)).total())
        .isBetween(2_100L, 2_140L);
    assertThat(estimator.estimate("/v1/messages/count_tokens", Payload.of(request)))
        .isEqualTo(EstimatedUsage.NONE);
  }

  @Test
  void anImageIsNotCountedAsText() {
    String image = "data:image/png;base64," + "iVBORw0KGgo".repeat(100_000);

    assertThat(
            chat(
                "{\"messages\":[{\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\""
                    + image
                    + "\"}}]}],\"max_tokens\":0}"))
        .isBetween(1_105L, 1_130L);
  }

  @Test
  void aLongTextIsEstimatedByItsLength() {
    assertThat(
            chat("{\"messages\":[],\"prompt\":\"" + "a".repeat(400_000) + "\",\"max_tokens\":0}"))
        .isEqualTo(100_000);
  }

  @Test
  void promptAndReplyAreEstimatedSeparately() {
    EstimatedUsage usage =
        estimate("{\"messages\":[{\"content\":\"one two three\"}],\"max_tokens\":100,\"n\":3}");

    assertThat(usage).isEqualTo(new EstimatedUsage(7, 300)); // 3 words, 4 around the message
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807", "99999999999999999999999"})
  void anImplausibleMaximumIsALargeReplyWithoutOverflow(String maximum) {
    EstimatedUsage usage =
        estimate("{\"messages\":[],\"max_tokens\":" + maximum + ",\"n\":2147483647}");

    assertThat(usage.reply()).isGreaterThan(1_000_000);
    assertThat(usage.total()).isEqualTo(usage.reply());
  }

  @Test
  void invalidJsonCountsAsOneToken() {
    assertThat(chat("not JSON")).isEqualTo(1);
  }

  private long chat(String request) {
    return estimate(request).total();
  }

  private EstimatedUsage estimate(String request) {
    return estimator.estimate("/v1/chat/completions", Payload.of(request));
  }
}
