package dev.sluice.platform.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      nullValues = "-",
      value = {
        "{\"choices\":[{\"message\":{\"content\":\"a\"}}]} | a",
        "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"text\":\"b\"}]}}]} | ab",
        "{\"content\":[{\"type\":\"thinking\",\"thinking\":\"x\"},{\"type\":\"text\",\"text\":\"a\"}]} | a",
        "{\"output\":[{\"type\":\"reasoning\",\"summary\":[]},{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]}]} | a",
      })
  void textOfEachApiIsFound(String reply, String text) {
    assertThat(AnswerText.of(Payload.of(reply))).containsExactly(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"no\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{}]}}]}",
        "{\"choices\":[]}",
        "{\"output\":[{\"type\":\"function_call\"}]}",
        "{}",
        "[]",
      })
  void answerWithoutTextIsEmpty(String reply) {
    assertThat(AnswerText.of(Payload.of(reply))).containsExactly("");
  }

  @Test
  void replyWithManyLogprobsHasItsText() {
    String logprobs = "{\"logprob\":-0.5},".repeat(200_000) + "{}";

    assertThat(
            AnswerText.of(
                Payload.of(
                    "{\"choices\":[{\"logprobs\":[%s],\"message\":{\"content\":\"a\"}}]}"
                        .formatted(logprobs))))
        .containsExactly("a");
  }

  @Test
  void truncatedReplyHasNoText() {
    assertThat(AnswerText.of(Payload.of("{\"choices\":[{\"message\":{\"content\":\"a\"}}]")))
        .containsExactly("");
  }

  @Test
  void eachChoiceIsAnAnswer() {
    assertThat(
            AnswerText.of(
                Payload.of(
                    "{\"choices\":[{\"message\":{\"content\":\"a\"}},{\"message\":{\"content\":\"b\"}}]}")))
        .containsExactly("a", "b");
  }
}
