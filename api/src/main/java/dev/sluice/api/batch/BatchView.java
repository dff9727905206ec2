package dev.sluice.api.batch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's batch object; all members are always present. It has one component for each member of
 * the JSON object in OpenAI's API docs.
 *
 * <pre>{@code
 * {"id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions", "model": "gpt-4o-mini",
 *   "errors": null, "input_file_id": "file-1", "completion_window": "24h", "status": "in_progress",
 *   "output_file_id": null, "error_file_id": null, "created_at": 1767225600,
 *   "in_progress_at": 1767225602, "expires_at": 1767312000, "finalizing_at": null,
 *   "completed_at": null, "failed_at": null, "expired_at": null, "cancelling_at": null,
 *   "cancelled_at": null, "request_counts": {"total": 300, "completed": 120, "failed": 1},
 *   "usage": {"input_tokens": 24000, "input_tokens_details": {"cached_tokens": 0},
 *     "output_tokens": 3600, "output_tokens_details": {"reasoning_tokens": 0},
 *     "total_tokens": 27600}, "metadata": {"name": "reviews"},
 *   "sluice": {"cut_off": 0, "re_asks": 0, "paused_by": null, "reused": 0, "tier": null}}
 * }</pre>
 *
 * @param id id of the batch
 * @param object always {@code batch}
 * @param endpoint path of its requests
 * @param model the model of all tasks; null if they differ
 * @param errors the errors of its input file; null for none
 * @param inputFileId id of its input file
 * @param completionWindow maximum duration, such as {@code 24h}
 * @param status as in {@link BatchProgress}
 * @param outputFileId id of the output file; null until it exists
 * @param errorFileId id of the error file; null until it exists
 * @param createdAt Unix seconds, UTC, as all times
 * @param inProgressAt end of the validation; null until then
 * @param expiresAt end of the completion window; null if it is unknown
 * @param finalizingAt end of the last task; null until then
 * @param completedAt when it was completed; null unless it is
 * @param failedAt when its validation failed; null unless it did
 * @param expiredAt when it expired; null unless it did
 * @param cancellingAt when it was cancelled; null unless it was
 * @param cancelledAt when its last call after a cancel finished; null until then
 * @param requestCounts tasks by result
 * @param usage tokens of the finished tasks
 * @param metadata of the create request; null for none
 * @param sluice what OpenAI's object does not have
 */
public record BatchView(
    String id,
    String object,
    String endpoint,
    @Nullable String model,
    @Nullable Errors errors,
    String inputFileId,
    String completionWindow,
    String status,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    long createdAt,
    @Nullable Long inProgressAt,
    @Nullable Long expiresAt,
    @Nullable Long finalizingAt,
    @Nullable Long completedAt,
    @Nullable Long failedAt,
    @Nullable Long expiredAt,
    @Nullable Long cancellingAt,
    @Nullable Long cancelledAt,
    RequestCounts requestCounts,
    Usage usage,
    @Nullable Map<String, String> metadata,
    Extension sluice) {

  /**
   * The errors of an input file.
   *
   * @param object always {@code list}
   * @param data about 100 at most
   */
  public record Errors(String object, List<InputError> data) {}

  /**
   * The tasks of a batch by result.
   *
   * @param total all tasks; 0 during validation
   * @param completed completed tasks
   * @param failed failed tasks
   */
  public record RequestCounts(long total, long completed, long failed) {}

  /**
   * The tokens of the finished tasks.
   *
   * @param inputTokens tokens of the prompts
   * @param inputTokensDetails always 0 cached tokens
   * @param outputTokens tokens of the answers
   * @param outputTokensDetails always 0 reasoning tokens
   * @param totalTokens the sum of both
   */
  public record Usage(
      long inputTokens,
      InputDetails inputTokensDetails,
      long outputTokens,
      OutputDetails outputTokensDetails,
      long totalTokens) {}

  /**
   * What OpenAI's object does not have.
   *
   * @param cutOff completed tasks whose answer is cut off at its token limit
   * @param reAsks times that the model was asked again because an answer did not fit
   * @param pausedBy as in {@link BatchProgress}
   * @param reused completed tasks that were answered with a stored result
   * @param tier as in {@link BatchProgress}
   */
  public record Extension(
      long cutOff, long reAsks, @Nullable String pausedBy, long reused, @Nullable String tier) {}

  /**
   * Details of the prompts' tokens.
   *
   * @param cachedTokens tokens that the provider had cached
   */
  public record InputDetails(long cachedTokens) {}

  /**
   * Details of the answers' tokens.
   *
   * @param reasoningTokens tokens of the models' reasoning
   */
  public record OutputDetails(long reasoningTokens) {}

  /** Whether the batch is in a terminal state. */
  public boolean hasFinished() {
    return BatchProgress.isTerminal(status);
  }
}
