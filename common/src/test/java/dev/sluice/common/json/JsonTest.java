package dev.sluice.common.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1] | is not a JSON object in UTF-8",
        "{\"a\":1} {} | is not a JSON object in UTF-8 (column 10)",
        "{\"a\":@} | is not a JSON object in UTF-8 (column 7)",
      })
  void problemNamesColumnOfInvalidJson(String text, String problem) {
    assertThat(Json.object(text.getBytes(UTF_8))).isEmpty();
    assertThat(Json.problem(text.getBytes(UTF_8))).isEqualTo(problem);
  }

  @Test
  void problemOfMultilineTextNamesLineAndColumn() {
    assertThat(Json.problem("{\n\"a\":@}".getBytes(UTF_8)))
        .isEqualTo("is not a JSON object in UTF-8 (line 2, column 6)");
  }

  @Test
  void nestingIsLimited() {
    String deepest = "{\"a\":".repeat(Json.MAX_DEPTH) + "1" + "}".repeat(Json.MAX_DEPTH);
    String deeper = "{\"a\":" + deepest + "}";

    assertThat(Json.object(deepest.getBytes(UTF_8))).isPresent();
    assertThat(Json.object(deeper.getBytes(UTF_8))).isEmpty();
    assertThat(Json.isObject(deeper.getBytes(UTF_8))).isFalse();
    assertThat(Json.problem(deeper.getBytes(UTF_8)))
        .startsWith("is nested deeper than 500 levels (column ");
  }

  @Test
  void numberLengthIsLimited() {
    String longest = "{\"a\":%s}".formatted("7".repeat(Json.MAX_NUMBER_LENGTH));
    String longer = "{\"a\":%s}".formatted("7".repeat(Json.MAX_NUMBER_LENGTH + 1));

    assertThat(Json.object(longest.getBytes(UTF_8))).isPresent();
    assertThat(Json.object(longer.getBytes(UTF_8))).isEmpty();
    assertThat(Json.isObject(longer.getBytes(UTF_8))).isFalse();
    assertThat(Json.problem(longer.getBytes(UTF_8)))
        .startsWith("has a number of more than 1000 characters");
  }

  @Test
  void treesAreLimitedInTokens() {
    byte[] manyObjects = ("{\"a\":[" + "{},".repeat(Json.MAX_TREE_TOKENS) + "{}]}").getBytes(UTF_8);

    assertThat(Json.object(manyObjects)).isEmpty();
    assertThat(Json.isObject(manyObjects)).isTrue();
  }

  @Test
  void membersOfAnyObjectAreRead() {
    byte[] json =
        ("{\"skipped\":["
                + "{},".repeat(Json.MAX_TREE_TOKENS)
                + "{}],\"a\":{\"b\":[1]},\"c\":null}")
            .getBytes(UTF_8);

    JsonNode members = Json.members(json, Set.of("a", "c", "d")).orElseThrow();

    assertThat(members.toString()).isEqualTo("{\"a\":{\"b\":[1]},\"c\":null}");
  }

  @Test
  void membersAreLimitedInTokens() {
    byte[] json = ("{\"a\":[" + "{},".repeat(Json.MAX_MEMBER_TOKENS) + "{}]}").getBytes(UTF_8);

    assertThat(Json.members(json, Set.of("a"))).isEmpty();
    assertThat(Json.problem(json, Set.of("a"))).startsWith("has too many values");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "1", "{\"a\":1} 2", "{\"a\":\"\\x\"}", "{\"a\":tru}", "{\"a\":1"})
  void textsOfOtherFormsAreNotObjects(String text) {
    assertThat(Json.isObject(text.getBytes(UTF_8))).isFalse();
    assertThat(Json.object(text.getBytes(UTF_8))).isEmpty();
  }
}
