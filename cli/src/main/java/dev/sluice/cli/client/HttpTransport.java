package dev.sluice.cli.client;

import dev.sluice.api.ListResponse;
import dev.sluice.cli.json.ApiObjects;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.Sleeper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends requests to the producer. Retries a GET twice after a connection error. Sends any other
 * request only once, because the producer may have processed it.
 *
 * <p>Uses {@link HttpURLConnection}, because {@link java.net.http.HttpClient} adds half a second to
 * the start of a command. Every POST sets its length: otherwise the class retries it implicitly.
 */
final class HttpTransport {
  /** Hint for requests that may be sent twice. */
  static final String IDEMPOTENT = "Repeat the command: it is idempotent.";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration UPLOAD_READ_TIMEOUT = Duration.ofMinutes(5);
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_ATTEMPTS = 3;
  private static final Duration BACKOFF = Duration.ofMillis(200);

  private final Connection connection;
  private final ErrorMessages errors;
  private final Sleeper sleeper;

  HttpTransport(Connection connection, Sleeper sleeper) {
    this.connection = connection;
    this.errors = new ErrorMessages(connection);
    this.sleeper = sleeper;
  }

  /** A request to the producer. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException;
  }

  /** Reads a response body. */
  @FunctionalInterface
  interface BodyReader<T> {
    T read(InputStream body) throws IOException;
  }

  /** Writes a request body. */
  @FunctionalInterface
  interface BodyWriter {
    void write(OutputStream body) throws IOException;
  }

  /** A path element or parameter in a URL. */
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  Connection connection() {
    return connection;
  }

  /** Reads a JSON object. */
  <T> ApiResponse<T> get(String path, Class<T> type) throws InterruptedException {
    return get(path, json -> ApiObjects.read(json, type));
  }

  /** Reads a page of JSON objects. */
  <E> ApiResponse<ListResponse<E>> list(String path, Class<E> element) throws InterruptedException {
    return get(path, json -> ApiObjects.readList(json, element));
  }

  private <T> ApiResponse<T> get(String path, Function<JsonNode, T> reader)
      throws InterruptedException {
    try {
      return retry(
          () -> {
            HttpURLConnection call = open("GET", path, READ_TIMEOUT);
            return read(call, body -> reply(call, body, reader));
          });
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
  }

  /** Reads a response of any type, without a retry. */
  <T> T read(String path, BodyReader<T> bodyReader) throws IOException {
    return read(open("GET", path, READ_TIMEOUT), bodyReader);
  }

  /** Repeats a read after a connection error. */
  <T> T retry(Attempt<T> read) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return read.run();
      } catch (UnreachableException failed) {
        if (attempt == MAX_ATTEMPTS) {
          throw failed;
        }
        sleeper.sleep(BACKOFF.multipliedBy(attempt));
      }
    }
  }

  /**
   * Sends a request without a body.
   *
   * @param hint printed after a lost connection: what may have happened, and what to do
   */
  <T> ApiResponse<T> post(String path, Class<T> type, String hint) {
    return send(openJson("POST", path, 0), body -> {}, hint, type);
  }

  /**
   * Sends a JSON object.
   *
   * @param hint as in the other method
   */
  <T> ApiResponse<T> post(String path, byte[] json, Class<T> type, String hint) {
    return send(openJson("POST", path, json.length), body -> body.write(json), hint, type);
  }

  /** Sends a JSON object with an idempotency key. */
  <T> ApiResponse<T> post(
      String path, byte[] json, Class<T> type, String hint, String idempotencyKey) {
    HttpURLConnection call = openJson("POST", path, json.length);
    call.setRequestProperty("Idempotency-Key", idempotencyKey);
    return send(call, body -> body.write(json), hint, type);
  }

  /** Uploads a form. */
  <T> ApiResponse<T> upload(
      String path, Multipart multipart, InputStream content, Class<T> type, String hint) {
    HttpURLConnection call = open("POST", path, UPLOAD_READ_TIMEOUT);
    call.setRequestProperty("Content-Type", multipart.contentType());
    call.setFixedLengthStreamingMode(multipart.length());
    return send(call, body -> multipart.write(content, body), hint, type);
  }

  /** Replaces a resource. */
  <T> ApiResponse<T> put(String path, byte[] json, Class<T> type) {
    return send(openJson("PUT", path, json.length), body -> body.write(json), IDEMPOTENT, type);
  }

  /** Deletes a resource. */
  <T> ApiResponse<T> delete(String path, Class<T> type) {
    return send(open("DELETE", path, READ_TIMEOUT), null, IDEMPOTENT, type);
  }

  private <T> T read(HttpURLConnection call, BodyReader<T> bodyReader) throws IOException {
    InputStream body;
    try {
      body = body(call);
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
    try (body) {
      return bodyReader.read(body);
    }
  }

  /** The body of a response whose status is 2xx. */
  private InputStream body(HttpURLConnection call) throws IOException {
    int status = call.getResponseCode();
    if (status / 100 != 2) {
      throw errors.errorResponse(status, call.getContentType(), errorBody(call));
    }
    return new CheckedResponseBody(call.getInputStream(), call.getContentLengthLong(), errors);
  }

  /** Sends a modifying request, without a retry. */
  private <T> ApiResponse<T> send(
      HttpURLConnection call, @Nullable BodyWriter bodyWriter, String hint, Class<T> type) {
    try {
      call.connect();
    } catch (IOException failed) {
      throw errors.unreachable(failed);
    }
    try {
      if (bodyWriter != null) {
        try (OutputStream body = call.getOutputStream()) {
          bodyWriter.write(body);
        }
      }
      try (InputStream body = body(call)) {
        return reply(call, body, json -> ApiObjects.read(json, type));
      }
    } catch (HttpRetryException unauthorized) {
      throw errors.keyRejected();
    } catch (IOException failed) {
      throw errors.connectionLost(failed, hint);
    }
  }

  private HttpURLConnection openJson(String method, String path, int length) {
    HttpURLConnection call = open(method, path, READ_TIMEOUT);
    call.setRequestProperty("Content-Type", "application/json");
    call.setFixedLengthStreamingMode(length);
    return call;
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

  private <T> ApiResponse<T> reply(
      HttpURLConnection call, InputStream body, Function<JsonNode, T> reader) throws IOException {
    Optional<JsonNode> json = JsonValues.readObject(body.readAllBytes());
    if (json.isEmpty()) {
      throw errors.notSluice(call.getResponseCode(), call.getContentType());
    }
    return new ApiResponse<>(json.get(), reader.apply(json.get()));
  }

  private static byte[] errorBody(HttpURLConnection call) throws IOException {
    try (InputStream body = call.getErrorStream()) {
      return body == null ? new byte[0] : body.readNBytes(MAX_ERROR_BYTES);
    }
  }
}
