package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.dispatch.TaskPublisher;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** Publishes the replays of tasks without a batch, outside of a transaction. */
@Component
class DirectReplayPublisher {
  private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

  private final DeadLetterStore deadLetters;
  private final RequestEditor editor;
  private final TaskPublisher publisher;
  private final Clock clock;

  DirectReplayPublisher(
      DeadLetterStore deadLetters, RequestEditor editor, TaskPublisher publisher, Clock clock) {
    this.deadLetters = deadLetters;
    this.editor = editor;
    this.publisher = publisher;
    this.clock = clock;
  }

  /**
   * Publishes the task with its run incremented.
   *
   * @throws dev.sluice.producer.web.ApiException 400 if the edited request is invalid
   * @throws DeadLetterBusyException if the broker did not confirm the task
   */
  void publish(DeadLetter deadLetter, RequestEdit edit) {
    DeadLetter.Task failed = deadLetter.task();
    DeadLetter.Request request = deadLetter.request();
    RequestEditor.EditedRequest edited =
        editor.edit(edit, deadLetters.request(deadLetter.id()), request.route());
    TaskIds ids =
        new TaskIds(
            failed.id(),
            failed.correlationId(),
            request.endpoint().startsWith("/v1/") ? request.endpoint() : DEFAULT_ENDPOINT,
            edited.route(),
            Lane.fromWire(request.lane()).orElse(Lane.BATCH),
            failed.customId(),
            null,
            failed.run() + 1);
    Project project = failed.project();
    TaskMessage task =
        TaskMessage.first(ids, clock.instant(), null, edited.body())
            .withProject(project == null ? null : project.name());
    if (!publisher.publish(List.of(task)).confirmed().contains(failed.id())) {
      throw new DeadLetterBusyException(
          "The broker did not confirm the task. Try again in a few seconds.");
    }
  }
}
