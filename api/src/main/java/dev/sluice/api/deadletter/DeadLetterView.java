package dev.sluice.api.deadletter;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.api.task.TaskCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter in a list. It has one component for each member of the JSON object in the API docs.
 *
 * <pre>{@code
 * {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "object": "dead_letter", "state": "open",
 *   "project": "default", "task_id": "01890a5d-ac96-774b-bcce-b302099a8058", "run": 1,
 *   "batch_id": "batch_1", "custom_id": "review-7", "route": "openai",
 *   "endpoint": "/v1/chat/completions", "model": "gpt-4o-mini", "failure_code": "invalid_request",
 *   "failure": "Unsupported parameter.", "status_code": 400, "request_id": "req_1", "attempts": 1,
 *   "throttles": 0, "worker": "worker-1", "dead_lettered_at": 1767225600, "resolved_at": null,
 *   "last_rejection": null}
 * }</pre>
 *
 * @param id id of the dead letter
 * @param object always {@code dead_letter}
 * @param state {@code open}, {@code replayed}, {@code discarded} or {@code accepted}
 * @param project name of its project; null if the task has no batch
 * @param taskId id of the task
 * @param run the failed run, from 1
 * @param batchId id of the batch; null if the task has none
 * @param customId {@code custom_id} of the task
 * @param route name of the route
 * @param endpoint path of the request
 * @param model name of the model
 * @param failureCode reason of the failure
 * @param failure the failure's detail in one line, at most 200 characters
 * @param statusCode HTTP status of the last attempt; null if the provider did not respond
 * @param requestId the provider's id of the last call; null for none
 * @param attempts attempts of the run
 * @param throttles responses with status 429 of the run
 * @param worker name of the worker of the last call
 * @param deadLetteredAt Unix seconds, UTC
 * @param resolvedAt when it was replayed, discarded or accepted, Unix seconds, UTC; null until then
 * @param lastRejection why a bulk job could not process it; null for none
 */
public record DeadLetterView(
    String id,
    String object,
    String state,
    @Nullable String project,
    String taskId,
    int run,
    @Nullable String batchId,
    String customId,
    String route,
    String endpoint,
    String model,
    String failureCode,
    String failure,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    int attempts,
    int throttles,
    String worker,
    long deadLetteredAt,
    @Nullable Long resolvedAt,
    @Nullable String lastRejection) {

  /**
   * A dead letter with its history, request and audit log.
   *
   * @param deadLetter its members in a list, in the same JSON object
   * @param failureDetail the provider's error JSON or a sentence
   * @param history the last calls of the failed run, the oldest first
   * @param request its first 1,048,576 characters
   * @param requestBytes size of the whole request
   * @param answer the text that does not fit the schema of the batch; null for any other failure,
   *     or if the reply is larger than 64 KiB
   * @param audit the actions of operators, the oldest first
   */
  public record Detail(
      @JsonUnwrapped DeadLetterView deadLetter,
      String failureDetail,
      List<TaskCall> history,
      String request,
      int requestBytes,
      @Nullable String answer,
      List<AuditView> audit) {}

  /**
   * An entry of the audit log.
   *
   * @param action {@code replay}, {@code discard} or {@code accept}
   * @param at Unix seconds, UTC
   * @param apiKey the name of the API key
   * @param operator the person; null if the request named none
   * @param reason of the operator
   * @param changes what a replay changed in the request; null for nothing
   */
  public record AuditView(
      String action,
      long at,
      String apiKey,
      @Nullable String operator,
      String reason,
      @Nullable String changes) {}
}
