package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.ListResponse;
import dev.sluice.api.deadletter.BulkJobView;
import dev.sluice.api.deadletter.DeadLetterStats;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.api.deadletter.PeekedDeadLetters;
import dev.sluice.cli.json.JsonValues;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Client for the producer's endpoints of dead letters. */
public final class DeadLettersApi {
  private static final String PATH = "/api/dead-letters";
  private static final String JOBS = PATH + "/jobs";
  private static final String OUTCOME_UNKNOWN =
      "The request may have been processed: check with `dead-letters show` or `dead-letters stats`.";

  private final HttpTransport transport;

  DeadLettersApi(HttpTransport transport) {
    this.transport = transport;
  }

  /**
   * One page of dead letters.
   *
   * @param query filter, {@code after} and {@code limit}
   */
  public ApiResponse<ListResponse<DeadLetterView>> list(Map<String, String> query)
      throws InterruptedException {
    return transport.list(PATH + query(query), DeadLetterView.class);
  }

  /** Counts dead letters. */
  public ApiResponse<DeadLetterStats> stats(Map<String, String> filter)
      throws InterruptedException {
    return transport.get(PATH + "/stats" + query(filter), DeadLetterStats.class);
  }

  /** A dead letter with its request, calls and audit log. */
  public ApiResponse<DeadLetterView.Detail> get(String id) throws InterruptedException {
    return transport.get(PATH + "/" + encoded(id), DeadLetterView.Detail.class);
  }

  /** The dead letters of a route that are not stored yet. */
  public ApiResponse<PeekedDeadLetters> peek(String route) throws InterruptedException {
    return transport.get(PATH + "/peek?route=" + encoded(route), PeekedDeadLetters.class);
  }

  /** Replays, discards or accepts one dead letter. */
  public ApiResponse<DeadLetterView.Detail> apply(String id, String action, JsonNode request) {
    return transport.post(
        PATH + "/" + encoded(id) + "/" + action,
        JsonValues.bytes(request),
        DeadLetterView.Detail.class,
        OUTCOME_UNKNOWN);
  }

  /** Starts a job that replays, discards or accepts many dead letters. */
  public ApiResponse<BulkJobView> createJob(JsonNode request) {
    return transport.post(JOBS, JsonValues.bytes(request), BulkJobView.class, OUTCOME_UNKNOWN);
  }

  /** The state of a job. */
  public ApiResponse<BulkJobView> job(String id) throws InterruptedException {
    return transport.get(JOBS + "/" + encoded(id), BulkJobView.class);
  }

  private static String query(Map<String, String> query) {
    return query.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
  }
}
