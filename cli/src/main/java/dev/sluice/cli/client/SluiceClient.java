package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.Sleeper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * HTTP client for the producer. Retries a GET twice after a connection error. Sends a POST only
 * once, because the producer may have processed it.
 *
 * <p>Uses {@link HttpURLConnection}, because {@link java.net.http.HttpClient} adds half a second to
 * the start of a command. Every POST sets its length: otherwise the class retries it implicitly.
 */
public final class SluiceClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration UPLOAD_READ_TIMEOUT = Duration.ofMinutes(5);
  private static final String BATCHES = "/v1/batches";
  private static final String KEYS = "/api/keys";
  private static final String QUOTAS = "/api/quotas/";
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_RESULT_BYTES = 64 * 1024 * 1024;
  private static final int MAX_ATTEMPTS = 3;
  private static final Duration BACKOFF = Duration.ofMillis(200);
  private static final String IDEMPOTENT = "Repeat the command: it is idempotent.";

  private final Connection connection;
  private final ErrorMessages errors;
  private final Sleeper sleeper;

  public SluiceClient(Connection connection, Sleeper sleeper) {
    this.connection = connection;
    this.errors = new ErrorMessages(connection);
    this.sleeper = sleeper;
  }

  /** Reads a response body. */
  @FunctionalInterface
  private interface ResponseReader<T> {
    T read(HttpURLConnection call, InputStream body) throws IOException;
  }

  public String url() {
    return connection.url();
  }

  /** The producer's version, broker, database and routes. */
  public JsonNode status() throws InterruptedException {
    return get("/api/status");
  }

  /** State, limits and wait reasons of all routes. */
  public JsonNode routes() throws InterruptedException {
    return get("/api/routes");
  }

  /** Capacity plans of all routes. */
  public JsonNode plans() throws InterruptedException {
    return get("/api/plan");
  }

  /** Capacity plan of one route for a backlog of this many tasks. */
  public JsonNode plan(String route, long backlog) throws InterruptedException {
    return get("/api/plan/" + encoded(route) + "?backlog=" + backlog);
  }

  /** The newest batches, in OpenAI's format. */
  public JsonNode batches(int limit) throws InterruptedException {
    return get("/v1/batches?limit=" + limit);
  }

  public BatchState batch(String id) throws InterruptedException {
    return BatchState.of(get("/api/batches/" + encoded(id)));
  }

  /** The batch that a request with this idempotency key created; empty if there is none. */
  Optional<SubmittedBatch> findBatch(String idempotencyKey) throws InterruptedException {
    try {
      JsonNode batch =
          get("/api/batches/by-idempotency-key?idempotency_key=" + encoded(idempotencyKey));
      return Optional.of(SubmittedBatch.existing(batch));
    } catch (NotFoundException none) {
      return Optional.empty();
    }
  }

  /** A batch in OpenAI's format. */
  public JsonNode batchObject(String id) throws InterruptedException {
    return get(BATCHES + "/" + encoded(id));
  }

  /** Uploads a batch file as a stream and returns its id. */
  String upload(Path file, String filename) throws IOException {
    Multipart multipart = Multipart.of(file, filename);
    HttpURLConnection call = open("POST", "/v1/files", UPLOAD_READ_TIMEOUT);
    call.setRequestProperty("Content-Type", multipart.contentType());
    call.setFixedLengthStreamingMode(multipart.length());
    try (InputStream content = Files.newInputStream(file)) {
      JsonNode reply =
          send(call, body -> multipart.write(content, body), "No batch was created: try again.");
      return reply.path("id").asString("");
    }
  }

  /**
   * Creates a batch and returns its id.
   *
   * @param idempotencyKey with it, the same request returns the same batch
   */
  String createBatch(BatchRequest request, String idempotencyKey) {
    byte[] json = JsonValues.bytes(request.json());
    HttpURLConnection call = openJson("POST", BATCHES, json);
    call.setRequestProperty("Idempotency-Key", idempotencyKey);
    return send(call, out -> out.write(json), Submission.MAY_HAVE_BEEN_CREATED)
        .path("id")
        .asString("");
  }

  /**
   * Creates an API key.
   *
   * @param project null for the default project
   */
  public JsonNode createKey(String name, @Nullable String project, ApiKeyLimits limits) {
    ObjectNode request = limits.addTo(JsonValues.object().put("name", name));
    if (project != null) {
      request.put("project", project);
    }
    return post(
        KEYS,
        JsonValues.bytes(request),
        "The key may have been created: check with `%s keys list`."
            .formatted(connection.command()));
  }

  public JsonNode keys() throws InterruptedException {
    return get(KEYS);
  }

  /** Replaces the limits on the live calls of a key. */
  public JsonNode limitKey(String id, ApiKeyLimits limits) {
    return post(
        KEYS + "/" + encoded(id), JsonValues.bytes(limits.addTo(JsonValues.object())), IDEMPOTENT);
  }

  public JsonNode revokeKey(String id) {
    return delete(KEYS + "/" + encoded(id));
  }

  /**
   * Quota and usage of a project.
   *
   * @param project null for the project of the API key
   */
  public JsonNode quota(@Nullable String project) throws InterruptedException {
    return get(project == null ? "/api/quota" : QUOTAS + encoded(project));
  }

  /** Sets the quota of a project; the producer's settings apply to null members. */
  public JsonNode setQuota(String project, ObjectNode limits) {
    return sendJson("PUT", QUOTAS + encoded(project), JsonValues.bytes(limits), IDEMPOTENT);
  }

  /** Explains what a batch waits for. */
  public JsonNode whyBatch(String batch) throws InterruptedException {
    return get("/api/batches/" + encoded(batch) + "/why");
  }

  /** Budget and cost of a batch. */
  public JsonNode cost(String batch) throws InterruptedException {
    return get("/api/batches/" + encoded(batch) + "/cost");
  }

  /** A task with its calls, request and result. */
  public JsonNode task(String task) throws InterruptedException {
    return get("/api/tasks/" + encoded(task));
  }

  /** Explains what a task waits for. */
  public JsonNode whyTask(String task) throws InterruptedException {
    return get("/api/tasks/" + encoded(task) + "/why");
  }

  /** Cancels a batch. */
  public JsonNode cancel(String batch) {
    return control("/v1/batches/" + encoded(batch) + "/cancel");
  }

  /** Pauses a batch. */
  public JsonNode pause(String batch) {
    return control("/api/batches/" + encoded(batch) + "/pause");
  }

  /** Resumes a paused batch. */
  public JsonNode resume(String batch) {
    return control("/api/batches/" + encoded(batch) + "/resume");
  }

  /** The client for holds of routes. */
  public RouteOverridesApi routeOverrides() {
    return new RouteOverridesApi(this);
  }

  /** The client for dead letters. */
  public DeadLettersApi deadLetters() {
    return new DeadLettersApi(this);
  }

  private JsonNode control(String path) {
    return post(path, new byte[0], IDEMPOTENT);
  }

  /** Copies a file to a stream, without a retry: the stream may already have part of it. */
  public void download(String fileId, OutputStream target) throws IOException {
    attempt("/v1/files/" + encoded(fileId) + "/content", (call, body) -> body.transferTo(target));
  }

  /** Copies a file to a local file; restarts after a connection error. */
  public void download(String fileId, Path target) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
        download(fileId, out);
        return;
      } catch (UnreachableException failed) {
        backOff(failed, attempt);
      }
    }
  }

  JsonNode get(String path) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(path, this::json);
      } catch (UnreachableException failed) {
        backOff(failed, attempt);
      } catch (IOException failed) {
        throw errors.unreachable(failed);
      }
    }
  }

  /** Receives the lines of a response. */
  @FunctionalInterface
  public interface LineConsumer {
    void accept(byte[] line) throws IOException;
  }

  /**
   * Reads results of a batch in the order in which its tasks ended, without a retry.
   *
   * @param after cursor of the last result that was read; empty for the first ones
   */
  public void results(String batch, Optional<String> after, LineConsumer consumer)
      throws IOException {
    String path = "/api/batches/" + encoded(batch) + "/results";
    attempt(
        path + after.map(cursor -> "?after=" + encoded(cursor)).orElse(""),
        (call, body) -> {
          LineReader lineReader = new LineReader(body, MAX_RESULT_BYTES);
          LineReader.Line line = lineReader.next();
          for (; line != null; line = lineReader.next()) {
            consumer.accept(line.bytes());
          }
          return true;
        });
  }

  private void backOff(UnreachableException failed, int attempt) throws InterruptedException {
    if (attempt == MAX_ATTEMPTS) {
      throw failed;
    }
    sleeper.sleep(BACKOFF.multipliedBy(attempt));
  }

  private <T> T attempt(String path, ResponseReader<T> responseReader) throws IOException {
    HttpURLConnection call = open("GET", path, READ_TIMEOUT);
    InputStream body;
    try {
      int status = call.getResponseCode();
      if (status / 100 != 2) {
        throw errors.errorResponse(status, call.getContentType(), errorBody(call));
      }
      body = new CheckedResponseBody(call.getInputStream(), call.getContentLengthLong(), errors);
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
    try (body) {
      return responseReader.read(call, body);
    }
  }

  /** Writes a request body. */
  @FunctionalInterface
  private interface RequestWriter {
    void write(OutputStream body) throws IOException;
  }

  /**
   * @param hint printed after a lost connection: what may have happened, and what to do
   */
  JsonNode post(String path, byte[] json, String hint) {
    return sendJson("POST", path, json, hint);
  }

  /** Deletes a resource. */
  JsonNode delete(String path) {
    return send(open("DELETE", path, READ_TIMEOUT), null, IDEMPOTENT);
  }

  private JsonNode sendJson(String method, String path, byte[] json, String hint) {
    return send(openJson(method, path, json), out -> out.write(json), hint);
  }

  private HttpURLConnection openJson(String method, String path, byte[] json) {
    HttpURLConnection call = open(method, path, READ_TIMEOUT);
    call.setRequestProperty("Content-Type", "application/json");
    call.setFixedLengthStreamingMode(json.length);
    return call;
  }

  /** Sends a modifying request, without a retry. */
  private JsonNode send(
      HttpURLConnection call, @Nullable RequestWriter requestWriter, String hint) {
    try {
      call.connect();
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
    try {
      if (requestWriter != null) {
        try (OutputStream body = call.getOutputStream()) {
          requestWriter.write(body);
        }
      }
      int status = call.getResponseCode();
      if (status / 100 != 2) {
        throw errors.errorResponse(status, call.getContentType(), errorBody(call));
      }
      try (InputStream body =
          new CheckedResponseBody(call.getInputStream(), call.getContentLengthLong(), errors)) {
        return json(call, body);
      }
    } catch (HttpRetryException unauthorized) {
      throw errors.keyRejected();
    } catch (IOException failed) {
      throw errors.connectionLost(failed, hint);
    }
  }

  private HttpURLConnection open(String method, String path, Duration readTimeout) {
    try {
      HttpURLConnection call =
          (HttpURLConnection) URI.create(connection.url() + path).toURL().openConnection();
      if (call instanceof HttpsURLConnection https) {
        connection.tls().ifPresent(https::setSSLSocketFactory);
      }
      call.setRequestMethod(method);
      call.setDoOutput(!"GET".equals(method) && !"DELETE".equals(method));
      call.setInstanceFollowRedirects(false);
      call.setUseCaches(false);
      call.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
      call.setReadTimeout((int) readTimeout.toMillis());
      connection
          .apiKey()
          .ifPresent(key -> call.setRequestProperty("Authorization", "Bearer " + key));
      return call;
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
  }

  private JsonNode json(HttpURLConnection call, InputStream body) throws IOException {
    try {
      return JsonValues.read(body.readAllBytes());
    } catch (JacksonException notJson) {
      throw errors.notSluice(call.getResponseCode(), call.getContentType());
    }
  }

  private static byte[] errorBody(HttpURLConnection call) throws IOException {
    try (InputStream body = call.getErrorStream()) {
      return body == null ? new byte[0] : body.readNBytes(MAX_ERROR_BYTES);
    }
  }

  static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
