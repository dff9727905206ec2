package dev.sluice.common.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Body;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFactsTest {

  @Test
  void aRequestSaysItsModelAndHowMuchItMayUse() {
    assertThat(
            RequestFacts.read(
                Body.of("{\"model\":\"m\",\"max_completion_tokens\":64,\"n\":2,\"stream\":true}")))
        .contains(new RequestFacts("m", OptionalLong.of(64), true, 2));
  }

  @Test
  void whatIsNotSaidIsEmpty() {
    assertThat(RequestFacts.read(Body.of("{}")))
        .contains(new RequestFacts("", OptionalLong.empty(), false, 1));
  }

  @Test
  void aBoundThatNoNumberHoldsIsALongReply() {
    assertThat(RequestFacts.read(Body.of("{\"max_tokens\":99999999999999999999}")))
        .contains(new RequestFacts("", OptionalLong.of(Long.MAX_VALUE), false, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{} {}", "null", "\"text\""})
  void whatIsNoObjectHasNoFacts(String body) {
    assertThat(RequestFacts.read(Body.of(body))).isEmpty();
  }
}
