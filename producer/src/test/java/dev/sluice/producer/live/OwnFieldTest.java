package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Body;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnFieldTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"sluice\":{\"trim\":5},\"model\":\"m\"} | {\"model\":\"m\"}",
        "{\"model\":\"m\",\"sluice\":{\"step\":\"a,b\"}} | {\"model\":\"m\"}",
        "{\"model\": \"Grüße\" , \"sluice\" : [1, {}] , \"n\":1} | {\"model\": \"Grüße\" ,  \"n\":1}",
        "{\"model\":\"m\" , \"sluice\":1 } | {\"model\":\"m\" }",
        "{\"sluice\":null} | {}",
        "{\"a\":{\"sluice\":1},\"sluice\":\"}\"} | {\"a\":{\"sluice\":1}}",
      })
  void isCutOutAndAllElseStaysByteForByte(String before, String after) {
    assertThat(OwnField.cutOut(Body.of(before))).contains(Body.of(after));
  }

  @Test
  void isNotFoundWhereItIsNot() {
    assertThat(OwnField.cutOut(Body.of("{\"model\":\"sluice\"}"))).isEmpty();
    assertThat(OwnField.cutOut(Body.of("[]"))).isEmpty();
    assertThat(OwnField.cutOut(Body.of("{\"sluice\":"))).isEmpty();
  }
}
