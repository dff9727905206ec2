package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestModelTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"model":"gpt","n": 1}                      | {"model":"other","n": 1}
          {"a":{"model":"x"}, "model" : "g\\"\\u00e9" } | {"a":{"model":"x"}, "model" : "other" }
          {"ä":"ü","model":"g"}                       | {"ä":"ü","model":"other"}
          {"messages":[]}                             | {"messages":[]}
          {"model":7}                                 | {"model":7}
          ["model"]                                   | ["model"]
          no JSON                                     | no JSON
          """)
  void replacesTheModelAndNothingElse(String request, String sent) {
    assertThat(RequestModel.replaced(Payload.of(request), "other").text()).isEqualTo(sent);
  }
}
