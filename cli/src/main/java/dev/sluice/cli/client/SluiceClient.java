package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
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
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls the producer. A GET is tried three times where the connection breaks; a POST is sent once,
 * since nobody could know whether the first one was taken.
 *
 * <p>On {@link HttpURLConnection}, because the newer client costs a command half a second of
 * start-up. Every POST states its length: without that, the class sends a broken one again by
 * itself.
 */
public final class SluiceClient {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REPLY = Duration.ofSeconds(60);
  private static final Duration UPLOAD_REPLY = Duration.ofMinutes(5);
  private static final String KEYS = "/api/keys";
  private static final String QUOTAS = "/api/quotas/";
  private static final int ERROR_BYTES = 64 * 1024;
  private static final int TRIES = 3;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

  private final Connection connection;
  private final ErrorMessages errors;
  private final Sleeper sleeper;

  public SluiceClient(Connection connection, Sleeper sleeper) {
    this.connection = connection;
    this.errors = new ErrorMessages(connection);
    this.sleeper = sleeper;
  }

  /** Reads a reply's body. */
  @FunctionalInterface
  private interface ResponseReader<T> {
    T of(HttpURLConnection call, InputStream body) throws IOException;
  }

  public String url() {
    return connection.url();
  }

  /** The producer's version, broker, database and routes. */
  public JsonNode status() throws InterruptedException {
    return get("/api/status");
  }

  /** How each route goes, and why no faster. */
  public JsonNode routes() throws InterruptedException {
    return get("/api/routes");
  }

  /** What it takes to use the whole allowance of each route. */
  public JsonNode plans() throws InterruptedException {
    return get("/api/plan");
  }

  /** That of one route, counted with so many tasks. */
  public JsonNode plan(String route, long backlog) throws InterruptedException {
    return get("/api/plan/" + encoded(route) + "?backlog=" + backlog);
  }

  /** The newest batches, as OpenAI lists them. */
  public JsonNode batches(int limit) throws InterruptedException {
    return get("/v1/batches?limit=" + limit);
  }

  public BatchState batch(String id) throws InterruptedException {
    return BatchState.of(get("/api/batches/" + encoded(id)));
  }

  /** Sends a batch file and returns its id; the file is streamed. */
  String upload(Path file, String filename) throws IOException {
    Multipart multipart = Multipart.of(file, filename);
    HttpURLConnection call = open("POST", "/v1/files", UPLOAD_REPLY);
    call.setRequestProperty("Content-Type", multipart.contentType());
    call.setFixedLengthStreamingMode(multipart.length());
    try (InputStream content = Files.newInputStream(file)) {
      JsonNode reply =
          send(call, body -> multipart.write(content, body), "Nothing was queued: send it again.");
      return reply.path("id").asString("");
    }
  }

  /** Makes a batch and returns its id. */
  String createBatch(BatchRequest request) {
    return post(
            "/v1/batches",
            JsonValues.bytes(request.json()),
            "Whether the batch was made is not known: look with `%s status`."
                .formatted(connection.command()))
        .path("id")
        .asString("");
  }

  /**
   * Makes an API key.
   *
   * @param project null for the default one
   */
  public JsonNode createKey(String name, @Nullable String project, ApiKeyLimits share) {
    ObjectNode request = share.addTo(JsonValues.object().put("name", name));
    if (project != null) {
      request.put("project", project);
    }
    return post(
        KEYS, JsonValues.bytes(request), "Whether the key was made is not known: list them.");
  }

  public JsonNode keys() throws InterruptedException {
    return get(KEYS);
  }

  /** Says what a key may take with live calls. */
  public JsonNode shareKey(String id, ApiKeyLimits share) {
    return post(
        KEYS + "/" + encoded(id),
        JsonValues.bytes(share.addTo(JsonValues.object())),
        "Say it again: that does no harm.");
  }

  public JsonNode revokeKey(String id) {
    HttpURLConnection call = open("DELETE", KEYS + "/" + encoded(id), REPLY);
    return send(call, null, "Revoke it again: that does no harm.");
  }

  /**
   * What a project may have, and has.
   *
   * @param project null for that of the key
   */
  public JsonNode quota(@Nullable String project) throws InterruptedException {
    return get(project == null ? "/api/quota" : QUOTAS + encoded(project));
  }

  /** Sets what a project may have; what is not named is as in the producer's settings. */
  public JsonNode setQuota(String project, ObjectNode bounds) {
    return sendJson(
        "PUT",
        QUOTAS + encoded(project),
        JsonValues.bytes(bounds),
        "Set it again: that does no harm.");
  }

  /** What a batch waits for. */
  public JsonNode whyBatch(String batch) throws InterruptedException {
    return get("/api/batches/" + encoded(batch) + "/why");
  }

  /** A task with all that is known of it. */
  public JsonNode task(String task) throws InterruptedException {
    return get("/api/tasks/" + encoded(task));
  }

  /** What a task waits for. */
  public JsonNode whyTask(String task) throws InterruptedException {
    return get("/api/tasks/" + encoded(task) + "/why");
  }

  /** Stops a batch for good. */
  public JsonNode cancel(String batch) {
    return step("/v1/batches/" + encoded(batch) + "/cancel");
  }

  /** Lets a batch rest. */
  public JsonNode pause(String batch) {
    return step("/api/batches/" + encoded(batch) + "/pause");
  }

  /** Lets a batch go on that rests. */
  public JsonNode resume(String batch) {
    return step("/api/batches/" + encoded(batch) + "/resume");
  }

  /** The dead-letter desk. */
  public DeadLettersApi dead() {
    return new DeadLettersApi(this);
  }

  private JsonNode step(String path) {
    return post(path, new byte[0], "Say it again: that does no harm.");
  }

  /** Copies a file's content; tried once, since the target may have taken a part of it. */
  public void download(String fileId, OutputStream target) throws IOException {
    once("/v1/files/" + encoded(fileId) + "/content", (call, body) -> body.transferTo(target));
  }

  /** Copies a file's content into a file, from the start again where the connection breaks. */
  public void download(String fileId, Path target) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
        download(fileId, out);
        return;
      } catch (UnreachableException broken) {
        waitOrGiveUp(broken, attempt);
      }
    }
  }

  JsonNode get(String path) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(path, this::json);
      } catch (UnreachableException broken) {
        waitOrGiveUp(broken, attempt);
      } catch (IOException cannotHappen) {
        throw errors.notReached(cannotHappen);
      }
    }
  }

  private void waitOrGiveUp(UnreachableException broken, int attempt) throws InterruptedException {
    if (attempt == TRIES) {
      throw broken;
    }
    sleeper.of(BETWEEN_TRIES.multipliedBy(attempt));
  }

  private <T> T once(String path, ResponseReader<T> responseReader) throws IOException {
    HttpURLConnection call = open("GET", path, REPLY);
    InputStream body;
    try {
      int status = call.getResponseCode();
      if (status / 100 != 2) {
        throw errors.refused(status, call.getContentType(), errorBody(call));
      }
      body = new CheckedResponseBody(call.getInputStream(), call.getContentLengthLong(), errors);
    } catch (IOException broken) {
      throw errors.notReached(broken);
    }
    try (body) {
      return responseReader.of(call, body);
    }
  }

  /** Writes a body. */
  @FunctionalInterface
  private interface RequestWriter {
    void to(OutputStream body) throws IOException;
  }

  JsonNode post(String path, byte[] json, String ifBroken) {
    return sendJson("POST", path, json, ifBroken);
  }

  private JsonNode sendJson(String method, String path, byte[] json, String ifBroken) {
    HttpURLConnection call = open(method, path, REPLY);
    call.setRequestProperty("Content-Type", "application/json");
    call.setFixedLengthStreamingMode(json.length);
    return send(call, out -> out.write(json), ifBroken);
  }

  /** Sends once what changes something. */
  private JsonNode send(
      HttpURLConnection call, @Nullable RequestWriter requestWriter, String ifBroken) {
    try {
      call.connect();
    } catch (IOException refused) {
      throw errors.notReached(refused);
    }
    try {
      if (requestWriter != null) {
        try (OutputStream body = call.getOutputStream()) {
          requestWriter.to(body);
        }
      }
      int status = call.getResponseCode();
      if (status / 100 != 2) {
        throw errors.refused(status, call.getContentType(), errorBody(call));
      }
      try (InputStream body =
          new CheckedResponseBody(call.getInputStream(), call.getContentLengthLong(), errors)) {
        return json(call, body);
      }
    } catch (HttpRetryException unauthorized) {
      throw errors.keyRefused();
    } catch (IOException broken) {
      throw errors.brokenOff(broken, ifBroken);
    }
  }

  private HttpURLConnection open(String method, String path, Duration reply) {
    try {
      HttpURLConnection call =
          (HttpURLConnection) URI.create(connection.url() + path).toURL().openConnection();
      if (call instanceof HttpsURLConnection secured) {
        connection.tls().ifPresent(secured::setSSLSocketFactory);
      }
      call.setRequestMethod(method);
      call.setDoOutput(!"GET".equals(method) && !"DELETE".equals(method));
      call.setInstanceFollowRedirects(false);
      call.setUseCaches(false);
      call.setConnectTimeout((int) CONNECT.toMillis());
      call.setReadTimeout((int) reply.toMillis());
      connection
          .apiKey()
          .ifPresent(key -> call.setRequestProperty("Authorization", "Bearer " + key));
      return call;
    } catch (IOException notOpened) {
      throw errors.notReached(notOpened);
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
      return body == null ? new byte[0] : body.readNBytes(ERROR_BYTES);
    }
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
