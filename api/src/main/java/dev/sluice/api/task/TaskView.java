package dev.sluice.api.task;

import dev.sluice.api.route.WaitReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task with its request, reply and history.
 *
 * <pre>{@code
 * {"task": {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "line": 7, "state": "queued"},
 *   "batch_id": "batch_1", "run": 1, "failure_detail": null, "request_id": null, "worker": null,
 *   "history": [], "earlier_runs": [],
 *   "request": {"bytes": 160, "text": "{\"model\": \"gpt-4o-mini\"}", "truncated": false}, "reply": null,
 *   "why": {"kind": "paused", "sentence": "The batch is paused.", "route": null, "seconds_left": null}}
 * }</pre>
 *
 * @param task the task as in a list
 * @param batchId id of its batch
 * @param run the current run, from 1. A replay starts the next run, and so does queuing a lost task
 *     again
 * @param failureDetail the provider's error JSON or a sentence; null for no failure
 * @param requestId the provider's id of the last call; null for none
 * @param worker name of the worker of the last call; null for none
 * @param history the last calls of the current run, the oldest first; empty until the run finishes
 * @param earlierRuns the failed runs before the current one, the oldest first; a run is missing if
 *     its dead letter was deleted, if its task was lost and queued again, or if its answer was made
 *     again
 * @param request the provider's JSON
 * @param reply the provider's JSON; null until the task completes
 * @param why what the task waits for
 */
public record TaskView(
    TaskSummary task,
    String batchId,
    int run,
    @Nullable String failureDetail,
    @Nullable String requestId,
    @Nullable String worker,
    List<TaskCall> history,
    List<FailedRun> earlierRuns,
    Content request,
    @Nullable Content reply,
    WaitReason why) {

  /**
   * A request or response body as text.
   *
   * @param bytes size of the whole body
   * @param text its first 256 KiB
   * @param truncated whether {@code text} is only the beginning
   */
  public record Content(long bytes, String text, boolean truncated) {}

  /**
   * A failed run.
   *
   * @param run from 1
   * @param deadLetterId its dead letter
   * @param failureCode the reason of the failure
   * @param statusCode HTTP status of the last attempt; null if there is none
   * @param attempts attempts of this run
   * @param throttles responses with status 429 of this run
   * @param failedAt when the dead letter was stored, Unix seconds, UTC
   * @param history the last calls of this run, the oldest first
   */
  public record FailedRun(
      int run,
      String deadLetterId,
      String failureCode,
      @Nullable Integer statusCode,
      int attempts,
      int throttles,
      long failedAt,
      List<TaskCall> history) {}
}
