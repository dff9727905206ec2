package dev.sluice.api.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task in a list. It has one component for each member of the JSON object in the API docs.
 *
 * <pre>{@code
 * {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "line": 7, "custom_id": "review-7",
 *   "route": "openai", "model": "gpt-4o-mini", "state": "completed", "attempts": 1, "throttles": 0,
 *   "status_code": 200, "cut_off": false, "reused": false, "missing": [], "checked_answers": null,
 *   "failure_code": null, "failure_detail": null, "prompt_tokens": 80, "completion_tokens": 12, "latency_ms": 1200,
 *   "finished_at": 1767225600}
 * }</pre>
 *
 * @param id id of the task
 * @param line line number in the input file, from 1
 * @param customId {@code custom_id} of its line
 * @param route name of its route
 * @param model name of its model
 * @param state {@code blocked}, {@code queued}, {@code in_broker}, {@code completed}, {@code
 *     failed}, {@code expired} or {@code cancelled}
 * @param attempts provider calls of the task that were not rate-limited
 * @param throttles responses with status 429 of the task
 * @param statusCode HTTP status of the last attempt; null if there is none
 * @param cutOff whether the answer of a completed task is cut off at its token limit
 * @param reused whether it was answered with a stored result
 * @param missing names of the parts whose answers its request was made without; usually none
 * @param checkedAnswers number of answers of a finished task that were checked; null without a
 *     check
 * @param failureCode reason of the failure; null for no failure. A completed task with a reason has
 *     a partial answer that could not be made again
 * @param failureDetail at most 300 characters; null for no failure
 * @param promptTokens tokens of the prompt; 0 until the task finishes
 * @param completionTokens tokens of the answer; 0 until the task finishes
 * @param latencyMs latency of the last attempt in ms; null until the task finishes
 * @param finishedAt Unix seconds, UTC; null until the task finishes
 */
public record TaskSummary(
    String id,
    long line,
    String customId,
    String route,
    String model,
    String state,
    int attempts,
    int throttles,
    @Nullable Integer statusCode,
    boolean cutOff,
    boolean reused,
    List<String> missing,
    @Nullable Integer checkedAnswers,
    @Nullable String failureCode,
    @Nullable String failureDetail,
    long promptTokens,
    long completionTokens,
    @Nullable Long latencyMs,
    @Nullable Long finishedAt) {}
