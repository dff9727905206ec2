package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SluiceFieldRemoverTest {

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
  void fieldIsRemovedAndOtherBytesStayUnchanged(String before, String after) {
    assertThat(SluiceFieldRemover.remove(Payload.of(before))).contains(Payload.of(after));
  }

  @Test
  void requestWithoutTheFieldGivesEmpty() {
    assertThat(SluiceFieldRemover.remove(Payload.of("{\"model\":\"sluice\"}"))).isEmpty();
    assertThat(SluiceFieldRemover.remove(Payload.of("[]"))).isEmpty();
    assertThat(SluiceFieldRemover.remove(Payload.of("{\"sluice\":"))).isEmpty();
  }
}
