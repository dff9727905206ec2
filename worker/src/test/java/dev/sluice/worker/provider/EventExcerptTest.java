package dev.sluice.worker.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventExcerptTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final EventExcerpt excerpt = new EventExcerpt();

  @Test
  void shortLineIsKeptAsItIs() {
    String line =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a \\\"] b\"}}],\"usage\":{\"n\":[1,[2]]}}";

    assertThat(excerptOf(line)).contains(line);
    assertThat(excerptOf("")).contains("");
  }

  @Test
  void longStringsAndArraysAreEmptied() {
    String text = "quoted \\\"]}[{ and \\\\".repeat(20_000);
    String line =
        """
        {"before":"b","text":"%1$s","output":[{"content":[{"text":"%1$s"}]},{"tokens":[%2$s]}],\
        "usage":{"input_tokens":70,"details":{"cached":1}},"after":"a"}"""
            .formatted(text, "\"t\",".repeat(50_000) + "[]");

    String shortened = excerptOf(line).orElseThrow();

    assertThat(shortened).hasSizeLessThan(200);
    JsonNode event = JSON.readTree(shortened);
    assertThat(event.path("before").asString()).isEqualTo("b");
    assertThat(event.path("text").asString()).isEmpty();
    assertThat(event.path("output").isArray()).isTrue();
    assertThat(event.path("usage").path("details").path("cached").asInt()).isEqualTo(1);
    assertThat(event.path("after").asString()).isEqualTo("a");
  }

  @Test
  void shortElementsOfAnArrayWithALongTextAreKept() {
    String line =
        "{\"choices\":[{\"text\":\"%s\",\"finish_reason\":\"length\"}]}"
            .formatted("x".repeat(100_000));

    assertThat(excerptOf(line))
        .contains("{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}");
  }

  @Test
  void lineWithTooManyMembersHasNoExcerpt() {
    assertThat(excerptOf("{" + "\"member\":\"value\",".repeat(5_000) + "}")).isEmpty();
    assertThat(excerptOf("{\"next\":1}")).contains("{\"next\":1}");
  }

  private Optional<String> excerptOf(String line) {
    for (byte value : line.getBytes(UTF_8)) {
      excerpt.add(value);
    }
    return excerpt.end().map(bytes -> new String(bytes, UTF_8));
  }
}
