package dev.sluice.worker.check;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.check.AnswerSchema;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.platform.check.CheckDeadline;
import dev.sluice.platform.check.InvalidSchemaException;
import dev.sluice.platform.check.SchemaCheck;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Checks the answers in a successful reply against the schema of the task. A check does not yield
 * the carrier of its virtual thread, so at least one core stays free for other tasks.
 */
public final class AnswerChecker {
  private static final int MAX_SCHEMAS = 100;
  private static final String CUT_OFF =
      "The answer was cut off at the token limit of the request; answer more briefly.\n";

  private final Cache<String, CompiledSchema> schemas =
      Caffeine.newBuilder().maximumSize(MAX_SCHEMAS).executor(Runnable::run).build();

  private final Semaphore cores =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));

  /** A schema of a task; without a check if the schema is not valid. */
  private interface CompiledSchema {
    SchemaCheck check(String answer, CheckDeadline deadline);
  }

  /**
   * The outcome of the task after the check of all answers.
   *
   * @return {@code completed} if they fit, or if the task has no schema
   */
  public TaskOutcome check(TaskMessage task, Completed completed) {
    if (!task.check().isEnabled()) {
      return completed;
    }
    cores.acquireUninterruptibly();
    try {
      return checkAnswers(task, completed);
    } finally {
      cores.release();
    }
  }

  private TaskOutcome checkAnswers(TaskMessage task, Completed completed) {
    CompiledSchema schema = schemas.get(task.check().schema(), AnswerChecker::compile);
    List<String> answers = AnswerText.of(completed.reply().body());
    CheckDeadline deadline = CheckDeadline.start();
    for (String answer : answers) {
      switch (schema.check(answer, deadline)) {
        case SchemaCheck.Fits fits -> {}
        case SchemaCheck.Invalid invalid -> {
          String errors = (completed.cutOff() ? CUT_OFF : "") + invalid.errors();
          return new InvalidOutput(completed, answer, errors, /* canReAsk= */ true);
        }
        case SchemaCheck.Unchecked unchecked -> {
          return new InvalidOutput(
              completed,
              answer,
              "The answer was not checked: " + unchecked.reason(),
              /* canReAsk= */ false);
        }
      }
    }
    return completed;
  }

  private static CompiledSchema compile(String json) {
    try {
      return AnswerSchema.parse(json)::check;
    } catch (InvalidSchemaException invalid) { // an AMQP client published the task
      return (answer, deadline) ->
          new SchemaCheck.Unchecked("the schema is not valid: " + invalid.getMessage());
    }
  }
}
