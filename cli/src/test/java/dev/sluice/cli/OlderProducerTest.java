package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No command fails because a response lacks members that newer producers send. */
class OlderProducerTest {
  @ParameterizedTest
  @CsvSource({
    "status, GET /api/status",
    "status batch_1, GET /api/batches/batch_1",
    "routes, GET /api/routes",
    "plan, GET /api/plan",
    "plan openai-mini --backlog 5, GET /api/plan/openai-mini",
    "task t1, GET /api/tasks/t1",
    "why batch_1, GET /api/batches/batch_1/why",
    "why t1, GET /api/tasks/t1/why",
    "quota show, GET /api/quota",
    "keys list, GET /api/keys",
    "keys revoke k1, DELETE /api/keys/k1",
    "routes hold mini --reason r, POST /api/routes/mini/hold",
    "pause batch_1, POST /api/batches/batch_1/pause",
    "cancel batch_1, POST /v1/batches/batch_1/cancel",
    "dead-letters list, GET /api/dead-letters",
    "dead-letters show L1, GET /api/dead-letters/L1",
    "dead-letters stats, GET /api/dead-letters/stats",
    "dead-letters peek mini, GET /api/dead-letters/peek",
    "dead-letters replay L1 --reason r, POST /api/dead-letters/L1/replay",
    "dead-letters discard --all --reason r, POST /api/dead-letters/jobs"
  })
  void emptyObjectIsNoError(String command, String call) throws IOException {
    try (FakeProducer producer = new FakeProducer()) {
      producer.reply("GET /v1/batches", "{}");
      producer.reply(call, "{}");

      CommandRun run = CommandRun.of(producer, command.split(" "));

      assertThat(run.err()).doesNotContain("Exception");
      assertThat(run.exitCode()).as(run.err()).isZero();
    }
  }
}
