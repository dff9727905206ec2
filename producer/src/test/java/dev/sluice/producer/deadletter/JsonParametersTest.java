package dev.sluice.producer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.producer.web.ApiException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class JsonParametersTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"ids\":[\"a\",5]}|'ids[1]' is 5; it must be a string.",
        "{\"ids\":[null]}|'ids[0]' is null; it must be a string.",
        "{\"ids\":[[\"a\"]]}|'ids[0]' is [\"a\"]; it must be a string.",
        "{\"ids\":\"a\"}|'ids' is \"a\"; it must be an array of strings.",
        "{\"filter\":{\"model\":null}}|'filter.model' is null; it must be a string.",
        "{\"filter\":{\"model\":{}}}|'filter.model' is {}; it must be a string.",
        "{\"filter\":{\"task\":7}}|'filter.task' is 7; it must be a string.",
        "{\"filter\":[]}|'filter' is []; it must be a JSON object.",
      })
  void valueOfAnotherTypeIsRejectedWithItsPlace(String body, String message) {
    assertThatThrownBy(
            () -> {
              JsonParameters parameters = parameters(body);
              parameters.strings("ids");
              parameters.stringMap("filter");
            })
        .isInstanceOf(ApiException.class)
        .hasMessage(message);
  }

  @Test
  void longValueIsQuotedInPart() {
    assertThatThrownBy(() -> parameters("{\"ids\":[[\"" + "x".repeat(500) + "\"]]}").strings("ids"))
        .hasMessageContaining("x…;")
        .extracting(failure -> String.valueOf(failure.getMessage()).length())
        .matches(length -> length < 200);
  }

  @Test
  void stringsAreReadUnchanged() {
    JsonParameters parameters = parameters("{\"ids\":[\"a\",\"b\"],\"filter\":{\"route\":\"r\"}}");
    assertThat(parameters.strings("ids")).containsExactly("a", "b");
    assertThat(parameters.stringMap("filter")).containsEntry("route", "r");
  }

  private static JsonParameters parameters(String body) {
    return JsonParameters.of(JSON.readTree(body), Set.of("ids", "filter"));
  }
}
