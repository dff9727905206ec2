package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountBoundTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          LIVE  | /v1/responses        | {"input":"a"}                                  | true
          LIVE  | /v1/responses        | {"input":"a", "store" : false}                 | false
          LIVE  | /v1/responses        | {"input":"a","store":true}                     | true
          BATCH | /v1/responses        | {"input":"a"}                                  | false
          BATCH | /v1/responses        | {"previous_response_id":"resp_1","input":"a"}  | true
          LIVE  | /v1/chat/completions | {"messages":[]}                                | false
          BATCH | /v1/chat/completions | {"messages":[{"file":{"file_id":"file-1"}}]}   | true
          BATCH | /v1/chat/completions | {"messages":[{"content":"\\"file_id\\""}]}     | false
          BATCH | /v1/chat/completions | {"messages":[{"content":"file_id"}]}           | false
          BATCH | /v1/chat/completions | {"tools":[{"properties":{"file_id":{"type":"string"},"conversation":{}},"required":["container"]}]} | false
          BATCH | /v1/responses        | {"previous_response_id":null,"input":"a"}      | false
          BATCH | /v1/responses        | {"conversation":{"id":"conv_1"},"input":"a"}   | true
          BATCH | /v1/responses        | {"prompt":{"id":"pmpt_1"}}                     | true
          BATCH | /v1/completions      | {"prompt":"a"}                                 | false
          BATCH | /v1/responses        | {"tools":[{"type":"code_interpreter","container":"cntr_1"}]} | true
          BATCH | /v1/responses        | {"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]} | false
          BATCH | /v1/responses        | {"tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]} | true
          LIVE  | /v1/responses        | {"metadata":{"store":false},"input":"a"}       | true
          """)
  void stays(Lane lane, String endpoint, String request, boolean isBound) {
    TaskIds ids = new TaskIds("t", null, endpoint, "r", lane, "c", null);
    TaskMessage task = TaskMessage.first(ids, Instant.EPOCH, null, Payload.of(request));

    assertThat(AccountBound.isBound(task)).isEqualTo(isBound);
  }
}
