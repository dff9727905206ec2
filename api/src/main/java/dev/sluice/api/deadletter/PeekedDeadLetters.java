package dev.sluice.api.deadletter;

import java.util.List;

/**
 * The first dead letters of a queue, which are not stored in PostgreSQL yet.
 *
 * <pre>{@code
 * {"object": "dead_letter_peek", "route": "openai", "waiting": 1, "dead_letters": [{
 *   "task_id": "01890a5d-ac96-774b-bcce-b302099a8058", "run": 1, "custom_id": "review-7",
 *   "failure_code": "invalid_request", "failure": "Unsupported parameter.",
 *   "request": "{\"model\": \"gpt-4o-mini\"}", "request_bytes": 24}]}
 * }</pre>
 *
 * @param object always {@code dead_letter_peek}
 * @param route name of the route
 * @param waiting messages ready in the queue
 * @param deadLetters the first of them, at most 10
 */
public record PeekedDeadLetters(
    String object, String route, long waiting, List<PeekedMessage> deadLetters) {

  /**
   * A dead letter in the broker.
   *
   * @param taskId id of the task
   * @param run the failed run, from 1
   * @param customId {@code custom_id} of the task
   * @param failureCode reason of the failure
   * @param failure the failure's detail
   * @param request its first 1,048,576 characters
   * @param requestBytes size of the whole request
   */
  public record PeekedMessage(
      String taskId,
      int run,
      String customId,
      String failureCode,
      String failure,
      String request,
      long requestBytes) {}
}
