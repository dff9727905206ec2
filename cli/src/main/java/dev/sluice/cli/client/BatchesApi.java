package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.ListResponse;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.api.batch.BudgetView;
import dev.sluice.api.batch.Estimate;
import dev.sluice.api.route.WaitReason;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Client for the producer's endpoints of batches. */
public final class BatchesApi {
  private static final String OPENAI = "/v1/batches";
  private static final String SLUICE = "/api/batches/";
  private static final int MAX_RESULT_BYTES = 64 * 1024 * 1024;

  private final HttpTransport transport;

  BatchesApi(HttpTransport transport) {
    this.transport = transport;
  }

  /** The newest batches. */
  public ApiResponse<ListResponse<BatchView>> list(int limit) throws InterruptedException {
    return transport.list(OPENAI + "?limit=" + limit, BatchView.class);
  }

  /** OpenAI's batch object. */
  public BatchView view(String id) throws InterruptedException {
    return transport.get(OPENAI + "/" + encoded(id), BatchView.class).value();
  }

  /** The progress of a batch. */
  public ApiResponse<BatchProgress> progress(String id) throws InterruptedException {
    return transport.get(SLUICE + encoded(id), BatchProgress.class);
  }

  /** The progress of a batch. */
  public BatchProgress get(String id) throws InterruptedException {
    return progress(id).value();
  }

  /** The batch that a request with this idempotency key created; empty if there is none. */
  Optional<BatchView> find(String idempotencyKey) throws InterruptedException {
    String path = SLUICE + "by-idempotency-key?idempotency_key=" + encoded(idempotencyKey);
    try {
      return Optional.of(transport.get(path, BatchView.class).value());
    } catch (NotFoundException none) {
      return Optional.empty();
    }
  }

  /**
   * Creates a batch and returns its id.
   *
   * @param idempotencyKey with it, the same request returns the same batch
   */
  String create(JsonNode request, String idempotencyKey) {
    byte[] json = JsonValues.bytes(request);
    return transport
        .post(OPENAI, json, BatchView.class, Submission.MAY_HAVE_BEEN_CREATED, idempotencyKey)
        .value()
        .id();
  }

  /** Estimates the size and the cost of an uploaded file. */
  ApiResponse<Estimate> estimate(String fileId, String endpoint) {
    byte[] json =
        JsonValues.bytes(
            JsonValues.object().put("input_file_id", fileId).put("endpoint", endpoint));
    return transport.post("/api/estimate", json, Estimate.class, FilesApi.NO_BATCH);
  }

  /** Explains what a batch waits for. */
  public ApiResponse<WaitReason> why(String id) throws InterruptedException {
    return transport.get(SLUICE + encoded(id) + "/why", WaitReason.class);
  }

  /** Budget and cost of a batch. */
  public BudgetView cost(String id) throws InterruptedException {
    return transport.get(SLUICE + encoded(id) + "/cost", BudgetView.class).value();
  }

  /** Cancels a batch. */
  public ApiResponse<BatchView> cancel(String id) {
    return transport.post(
        OPENAI + "/" + encoded(id) + "/cancel", BatchView.class, HttpTransport.IDEMPOTENT);
  }

  /** Pauses a batch. */
  public ApiResponse<BatchProgress> pause(String id) {
    return control(id, "pause");
  }

  /** Resumes a paused batch. */
  public ApiResponse<BatchProgress> resume(String id) {
    return control(id, "resume");
  }

  private ApiResponse<BatchProgress> control(String id, String action) {
    return transport.post(
        SLUICE + encoded(id) + "/" + action, BatchProgress.class, HttpTransport.IDEMPOTENT);
  }

  /** Receives the lines of a response. */
  @FunctionalInterface
  public interface LineConsumer {
    void accept(byte[] line) throws IOException;
  }

  /**
   * Reads results of a batch in the order in which its tasks finished, without a retry.
   *
   * @param after cursor of the last result that was read; empty for the first ones
   */
  public void results(String id, Optional<String> after, LineConsumer consumer) throws IOException {
    readResults(id, after.map(cursor -> "?after=" + encoded(cursor)).orElse(""), consumer);
  }

  /**
   * Reads a page of results in the same way.
   *
   * @param limit maximum number of results
   */
  public void results(String id, Optional<String> after, long limit, LineConsumer consumer)
      throws IOException {
    String cursor = after.map(text -> "&after=" + encoded(text)).orElse("");
    readResults(id, "?limit=" + limit + cursor, consumer);
  }

  private void readResults(String id, String query, LineConsumer consumer) throws IOException {
    transport.read(
        SLUICE + encoded(id) + "/results" + query,
        body -> {
          LineReader lineReader = new LineReader(body, MAX_RESULT_BYTES);
          LineReader.Line line = lineReader.next();
          for (; line != null; line = lineReader.next()) {
            consumer.accept(line.bytes());
          }
          return true;
        });
  }
}
