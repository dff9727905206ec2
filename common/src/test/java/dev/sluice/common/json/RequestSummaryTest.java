package dev.sluice.common.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSummaryTest {

  @Test
  void requestIsSummarised() {
    assertThat(
            RequestSummary.read(
                Payload.of(
                    "{\"model\":\"m\",\"max_completion_tokens\":64,\"n\":2,\"stream\":true}")))
        .contains(new RequestSummary("m", OptionalLong.of(64), true, null, 2));
  }

  @Test
  void missingMembersHaveDefaults() {
    assertThat(RequestSummary.read(Payload.of("{}")))
        .contains(new RequestSummary("", OptionalLong.empty(), false, null, 1));
  }

  @Test
  void maxTokensBeyondLongIsClamped() {
    assertThat(RequestSummary.read(Payload.of("{\"max_tokens\":99999999999999999999}")))
        .contains(new RequestSummary("", OptionalLong.of(Long.MAX_VALUE), false, null, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"on\"", "\"true\"", "1", "0", "[]", "{}"})
  void streamThatIsNotABooleanIsInvalid(String stream) {
    assertThat(RequestSummary.read(Payload.of("{\"stream\":" + stream + "}")).orElseThrow())
        .returns(stream, RequestSummary::invalidStream);
  }

  @Test
  void nullAsStreamIsValid() {
    assertThat(RequestSummary.read(Payload.of("{\"stream\":null}")))
        .contains(new RequestSummary("", OptionalLong.empty(), false, null, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{} {}", "null", "\"text\""})
  void bodyThatIsNotAnObjectIsEmpty(String body) {
    assertThat(RequestSummary.read(Payload.of(body))).isEmpty();
  }
}
