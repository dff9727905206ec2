package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.json.Json;
import dev.sluice.producer.web.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class LiveRequestTest {

  @ParameterizedTest
  @ValueSource(strings = {"\"on\"", "1", "[]"})
  void streamThatIsNotABooleanIsRejected(String stream) {
    assertThatThrownBy(() -> LiveRequest.checkStream(member(stream)))
        .isInstanceOf(ApiException.class)
        .hasMessage(
            "Invalid value for 'stream': %s. It must be true, false or null.".formatted(stream));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false", "null"})
  void booleanOrNullAsStreamIsAccepted(String stream) {
    assertThatCode(() -> LiveRequest.checkStream(member(stream))).doesNotThrowAnyException();
  }

  private static JsonNode member(String stream) {
    byte[] request = "{\"stream\":%s}".formatted(stream).getBytes(StandardCharsets.UTF_8);
    return Json.members(request, Set.of("stream")).orElseThrow().path("stream");
  }
}
