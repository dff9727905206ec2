package dev.sluice.api.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a batch. It has one component for each member of the JSON object in the API docs.
 *
 * <pre>{@code
 * {"id": "batch_1", "status": "in_progress", "name": "reviews", "endpoint": "/v1/chat/completions",
 *   "created_at": 1767225600, "in_progress_at": 1767225602, "completed_at": null, "paused_at": null,
 *   "paused_by": null, "stop_reason": null, "priority": 10, "tier": null, "total": 300, "completed": 120,
 *   "failed": 1, "expired": 0, "cancelled": 0, "cut_off": 0, "reused": 0, "re_asks": 0,
 *   "blocked": 0, "queued": 100, "in_broker": 79, "throttles": 2, "attempts": 124,
 *   "prompt_tokens": 24000, "completion_tokens": 3600, "output_file_id": null, "error_file_id": null, "errors": [],
 *   "documents": null}
 * }</pre>
 *
 * @param id id of the batch
 * @param status OpenAI's status: {@code validating}, {@code failed}, {@code in_progress}, {@code
 *     finalizing}, {@code completed}, {@code expired}, {@code cancelling} or {@code cancelled}
 * @param name {@code metadata.name}; null if absent
 * @param endpoint path of its requests
 * @param createdAt Unix seconds, UTC
 * @param inProgressAt end of the validation, Unix seconds, UTC; null until then
 * @param completedAt end of the last task, Unix seconds, UTC; null until then
 * @param pausedAt Unix seconds, UTC; null unless it is paused
 * @param pausedBy {@code manual}, {@code budget}, {@code project_budget} or {@code stop_after};
 *     null unless it is paused
 * @param stopReason why its stop condition has paused it; kept after it is resumed; null if it has
 *     not
 * @param priority its weight in fair queueing, 1-100
 * @param tier the service tier that it requests, {@code flex} or {@code standard}; null for that of
 *     the route
 * @param total number of tasks; 0 during validation
 * @param completed completed tasks
 * @param failed failed tasks
 * @param expired expired tasks
 * @param cancelled cancelled tasks
 * @param cutOff completed tasks whose answer is cut off at its token limit
 * @param reused completed tasks that were answered with a stored result
 * @param reAsks number of times that the model was asked again because an answer did not fit
 * @param blocked tasks that wait for the answers of others
 * @param queued tasks in PostgreSQL that can be called
 * @param inBroker tasks in the broker or at a worker
 * @param throttles rate limit errors of the finished tasks
 * @param attempts attempts of the finished tasks
 * @param promptTokens tokens of the prompts of the finished tasks
 * @param completionTokens tokens of the answers of the finished tasks
 * @param outputFileId id of the output file; null until it exists
 * @param errorFileId id of the error file; null until it exists
 * @param errors the errors of its input file; empty unless the status is {@code failed}
 * @param documents its documents and their parts; null if no task is made from others
 */
public record BatchProgress(
    String id,
    String status,
    @Nullable String name,
    String endpoint,
    long createdAt,
    @Nullable Long inProgressAt,
    @Nullable Long completedAt,
    @Nullable Long pausedAt,
    @Nullable String pausedBy,
    @Nullable StopReason stopReason,
    int priority,
    @Nullable String tier,
    long total,
    long completed,
    long failed,
    long expired,
    long cancelled,
    long cutOff,
    long reused,
    long reAsks,
    long blocked,
    long queued,
    long inBroker,
    long throttles,
    long attempts,
    long promptTokens,
    long completionTokens,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    List<InputError> errors,
    @Nullable DocumentCounts documents) {

  /** Whether the batch is in a terminal state. Its failed tasks may be retried. */
  public boolean hasFinished() {
    return isTerminal(status);
  }

  /**
   * Whether the batch is in a terminal state, none of its tasks is retried, and its results have
   * their file: that of the first success of a retry is created about a second later.
   */
  public boolean hasAllResults() {
    return hasFinished()
        && completed + unsuccessful() >= total
        && (completed == 0 || outputFileId != null);
  }

  /** Whether its stop condition has paused the batch. */
  public boolean stopped() {
    return "stop_after".equals(pausedBy);
  }

  /** Whether the batch and all its tasks completed. */
  public boolean succeeded() {
    return status.equals("completed") && unsuccessful() == 0;
  }

  /** Number of tasks that finished without a result. */
  public long unsuccessful() {
    return failed + expired + cancelled;
  }

  static boolean isTerminal(String status) {
    return switch (status) {
      case "completed", "failed", "expired", "cancelled" -> true;
      default -> false;
    };
  }
}
