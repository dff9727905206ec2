package dev.sluice.worker.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerCheckerTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final String NUMBER = "{\"type\": \"number\"}";

  private final AnswerChecker checker = new AnswerChecker();

  @Test
  void fittingAnswerStaysCompleted() {
    Completed completed = completed(false, "5");

    assertThat(checker.check(task(NUMBER), completed)).isSameAs(completed);
  }

  @Test
  void taskWithoutASchemaIsNotChecked() {
    Completed completed = completed(false, "five");

    assertThat(checker.check(task(""), completed)).isSameAs(completed);
  }

  @Test
  void firstAnswerThatDoesNotFitIsReported() {
    Completed completed = completed(false, "5", "\"six\"", "\"seven\"");

    assertThat(checker.check(task(NUMBER), completed))
        .isEqualTo(
            new InvalidOutput(completed, "\"six\"", "answer: string found, number expected", true));
  }

  @Test
  void cutOffIsOneOfTheErrors() {
    assertThat(checker.check(task(NUMBER), completed(true, "[5, 6")))
        .isInstanceOfSatisfying(
            InvalidOutput.class,
            invalid ->
                assertThat(invalid.errors())
                    .startsWith("The answer was cut off at the token limit of the request")
                    .contains("The answer is not JSON"));
  }

  @Test
  void anotherAnswerWouldNotFitAnInvalidSchema() {
    assertThat(checker.check(task("{\"type\": 5}"), completed(false, "5")))
        .isInstanceOfSatisfying(
            InvalidOutput.class,
            invalid -> {
              assertThat(invalid.canReAsk()).isFalse();
              assertThat(invalid.errors())
                  .startsWith("The answer was not checked: the schema is not valid: ");
            });
  }

  private static Completed completed(boolean cutOff, String... answers) {
    StringBuilder choices = new StringBuilder();
    for (String answer : answers) {
      choices
          .append(choices.isEmpty() ? "" : ",")
          .append("{\"message\":{\"content\":\"%s\"}}".formatted(answer.replace("\"", "\\\"")));
    }
    Payload body = Payload.of("{\"choices\":[%s]}".formatted(choices));
    Answered reply = new Answered(200, Map.of(), body, Duration.ZERO);
    return new Completed(reply, TokenUsage.NONE, cutOff);
  }

  private static TaskMessage task(String schema) {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "mini", Lane.BATCH, "c", null);
    return TaskMessage.first(ids, NOW, null, Payload.of("{}"))
        .withAnswerRules(new AnswerRules(false, AnswerCheck.of(schema, 2)));
  }
}
