package dev.sluice.producer.batch.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DocumentSplitTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void documentThatFitsIsNotChanged() {
    assertThat(DocumentSplit.of(request("A short text. "), 1_000, OptionalLong.empty()))
        .isEqualTo(new DocumentSplit.Fits());
  }

  @Test
  void partsHaveTheInstructionsAndTheWholeHasThePlaceholder() {
    String text = "[p. 1] The first page. ".repeat(20) + "[p. 2] The second page. ".repeat(80);
    DocumentSplit.Split split =
        (DocumentSplit.Split) DocumentSplit.of(request(text), 600, OptionalLong.of(50));
    assertThat(split.parts()).hasSizeBetween(2, 10);
    assertThat(split.parts().getFirst().label()).isEqualTo("part 1 (p. 1-2)");
    String first = split.parts().getFirst().body().text();
    assertThat(first)
        .startsWith(
            "{\"temperature\": 0.50, \"messages\": [{\"role\": \"system\", \"content\": \"Sum up {{answers}}")
        .contains(
            "[Part 1 of %d (p. 1-2) of one document]\\n\\n[p. 1] The"
                .formatted(split.parts().size()))
        .endsWith("{\"role\": \"assistant\", \"content\": \"ok\"}], \"model\": \"m\"}");
    JsonNode whole = JSON.readTree(split.whole().bytes());
    assertThat(whole.path("messages").get(0).path("content").asString())
        .as("the prompt of the user stays as it is")
        .isEqualTo("Sum up {{answers}} {{{answer:1}}");
    assertThat(split.whole().text()).containsOnlyOnce("{{answers}}").doesNotContain("{{answer:1}}");
    assertThat(whole.path("messages").get(1).path("content").asString()).endsWith("{{answers}}");
  }

  @Test
  void inputOfTheResponsesApiIsTheDocument() {
    String text = "Some words here. ".repeat(300);
    Payload request = Payload.of("{\"input\": \"%s\", \"model\": \"m\"}".formatted(text));
    DocumentSplit.Result split = DocumentSplit.of(request, 600, OptionalLong.of(50));
    assertThat(split).isInstanceOf(DocumentSplit.Split.class);
  }

  @Test
  void requestWithoutATextCannotBeSplit() {
    Payload request =
        Payload.of("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]}");
    assertThat(DocumentSplit.of(request, 600, OptionalLong.empty()))
        .isInstanceOfSatisfying(
            DocumentSplit.Problem.class,
            problem -> assertThat(problem.problem()).startsWith("'sluice.split' needs a text"));
  }

  @Test
  void replyThatLeavesNoRoomIsAProblem() {
    assertThat(DocumentSplit.of(request("Words. ".repeat(900)), 600, OptionalLong.of(500)))
        .isInstanceOfSatisfying(
            DocumentSplit.Problem.class,
            problem -> assertThat(problem.problem()).contains("600 tokens leaves 0"));
  }

  private static Payload request(String text) {
    return Payload.of(
        """
      {"temperature": 0.50, "messages": [{"role": "system", "content": "Sum up {{answers}} {{{answer:1}}"},\
       {"content": "%s", "role": "user"}, {"role": "assistant", "content": "ok"}], "model": "m"}"""
            .formatted(text));
  }
}
