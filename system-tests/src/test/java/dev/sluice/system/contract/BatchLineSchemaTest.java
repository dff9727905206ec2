package dev.sluice.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the JSON schema of a line of a batch file with the rules of the producer. */
class BatchLineSchemaTest {
  private static final Contract SCHEMA = Contract.read("docs/schemas/batch-line.schema.json");

  @Test
  void hasTheEndpointsOfABatch() throws ReflectiveOperationException {
    assertThat(Contract.strings(SCHEMA.at("/properties/url/enum")))
        .isEqualTo(ProducerClass.named("NewBatch").constant("ENDPOINTS"))
        .isEqualTo(
            Contract.strings(
                Contract.read("producer/src/main/resources/openapi.yaml")
                    .at("/components/schemas/BatchCreate/properties/endpoint/enum")));
  }

  @Test
  void hasTheLongestModelAndCustomId() throws ReflectiveOperationException {
    assertThat(ProducerClass.named("Routes").constant("MAX_MODEL_LENGTH"))
        .containsExactly(SCHEMA.at("/properties/body/properties/model/maxLength").asString());
    assertThat(ProducerClass.named("TaskCodec").constant("MAX_CUSTOM_ID_BYTES"))
        .containsExactly(SCHEMA.at("/properties/custom_id/maxLength").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m, messages: []}}",
        "{custom_id: a, method: POST, url: /v1/embeddings, body: {model: m, input: x, stream: null}}",
        "{custom_id: a, method: POST, url: /v1/responses, body: {model: m, stream: false}, note: x}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m}, sluice: {split: {context_tokens: 500, partial: keep}}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m}, sluice: {depends_on: [b], labels: [c], max_tokens: 100}}",
      })
  void acceptsValidLines(String line) {
    assertThat(SCHEMA.problems(Contract.parse(line).root())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{method: POST, url: /v1/chat/completions, body: {model: m}}",
        "{custom_id: 1, method: POST, url: /v1/chat/completions, body: {model: m}}",
        "{custom_id: a, method: GET, url: /v1/chat/completions, body: {model: m}}",
        "{custom_id: a, method: POST, url: /v1/messages/count_tokens, body: {model: m}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {messages: []}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m, stream: true}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: []}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m}, sluice: {split: {context_tokens: 499}}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m}, sluice: {depends_on: []}}",
        "{custom_id: a, method: POST, url: /v1/chat/completions, body: {model: m}, sluice: {depends_on: [b], partial: maybe}}",
      })
  void rejectsWhatTheProducerRejects(String line) {
    assertThat(SCHEMA.problems(Contract.parse(line).root())).isNotEmpty();
  }
}
