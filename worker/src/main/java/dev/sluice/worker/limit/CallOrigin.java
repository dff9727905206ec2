package dev.sluice.worker.limit;

import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a call comes from: its task, the batch or caller of the task, its project, and the model.
 * Model and digest are read from the request when they are first needed, which is rare while no
 * call fails. Not thread-safe; guarded by the limiter's lock.
 */
public final class CallOrigin {
  private final String task;
  private final String caller;
  private final String project;
  private final Payload request;
  private @Nullable String source;
  private @Nullable PromptPrefix prefix;

  /**
   * @param task id of the task
   * @param caller the batch, or the live caller, or the client of the task
   */
  public CallOrigin(String task, String caller, Payload request) {
    this(task, caller, null, request);
  }

  /**
   * @param project the project of the caller; null if unknown: then each caller counts as one
   */
  public CallOrigin(String task, String caller, @Nullable String project, Payload request) {
    this.task = task;
    this.caller = caller;
    this.project = Objects.requireNonNullElse(project, caller);
    this.request = request;
  }

  /** The origin of a task. Tasks without batch, source and reply queue have a common caller. */
  public static CallOrigin of(TaskMessage task) {
    String caller =
        Objects.requireNonNullElseGet(
            task.ids().batchId(),
            () ->
                Objects.requireNonNullElseGet(
                    task.source(), () -> Objects.requireNonNullElse(task.replyTo(), "amqp")));
    return new CallOrigin(task.ids().taskId(), caller, task.project(), task.body());
  }

  String task() {
    return task;
  }

  String caller() {
    return caller;
  }

  /** The project of the caller; the caller if it is unknown. */
  String project() {
    return project;
  }

  /** The caller with the model. */
  String source() {
    String known = source;
    if (known == null) {
      String model = RequestSummary.read(request).map(RequestSummary::model).orElse("");
      known = HeldSource.of(caller, model);
      source = known;
    }
    return known;
  }

  /** The beginning of the prompt. It is read when it is first needed, without locks. */
  PromptPrefix prefix() {
    PromptPrefix known = prefix;
    if (known == null) {
      known = PromptPrefix.of(request);
      prefix = known;
    }
    return known;
  }

  /** A hash of the request: equal for copies of the same request. */
  int digest() {
    return request.hashCode();
  }
}
