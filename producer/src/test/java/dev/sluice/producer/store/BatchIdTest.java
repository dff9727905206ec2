package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class BatchIdTest {
  @Test
  void idIsParsedFromItsTextForm() {
    BatchId id = new BatchId(UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057"));
    assertThat(id).hasToString("batch_01890a5dac96774bbcceb302099a8057");
    assertThat(BatchId.parse(id.toString())).contains(id);
    assertThat(BatchId.parse("batch_1")).isEmpty();
    assertThat(BatchId.parse("batch_01890a5dac96774bbcceb302099a80zz")).isEmpty();
  }
}
