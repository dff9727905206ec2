package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests that would exhaust the producer's resources are rejected, and the error says why. */
class RequestLimitsIT {
  private static final String LIVE = "/v1/chat/completions";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"), "sluice.routes[1].models=gpt-4o,org/model-7b");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {LIVE, "/v1/batches", "/api/dead-letters/jobs", "/api/keys"})
  void deeplyNestedJsonIsRejected(String path) throws Exception {
    String deep = "{\"deep\":" + "[".repeat(501) + "]".repeat(501) + "}";

    assertRejected(producer().send("POST", path, deep), 400, "is nested deeper than 500 levels");
  }

  @ParameterizedTest
  @ValueSource(strings = {LIVE, "/v1/batches", "/api/dead-letters/jobs"})
  void tooLongNumberIsRejected(String path) throws Exception {
    String number = "{\"priority\":" + "7".repeat(1001) + "}";

    assertRejected(
        producer().send("POST", path, number), 400, "a number of more than 1000 characters");
  }

  @Test
  void deeplyNestedLineIsReportedWithItsNumber() throws Exception {
    String deep =
        RunningProducer.line("deep", "x").replace("\"x\"", "[".repeat(600) + "]".repeat(600));

    JsonNode failed = producer().finished(producer().batch(RunningProducer.line("a", "x") + deep));

    JsonNode error = failed.path("errors").path("data").path(0);
    assertThat(error.path("code").asString()).isEqualTo("invalid_json_line");
    assertThat(error.path("line").asInt()).isEqualTo(2);
    assertThat(error.path("message").asString())
        .contains("This line is nested deeper than 500 levels (column ");
  }

  @ParameterizedTest
  @ValueSource(strings = {LIVE, "/v1/batches", "/api/dead-letters/jobs", "/api/keys"})
  void tooLargeBodyIsRejected(String path) throws Exception {
    byte[] large = new byte[9 * 1024 * 1024];

    assertRejected(
        producer()
            .send(
                producer()
                    .request(path)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(large))),
        413,
        "The request body has more than 8454144 bytes");
  }

  @ParameterizedTest
  @CsvSource({LIVE + ",8388608", "/api/keys,8454144", "/api/dead-letters/jobs,8454144"})
  void bodyWithoutContentLengthIsLimited(String path, long limit) throws Exception {
    byte[] large =
        ("{\"name\":\"" + "x".repeat(9_000_000) + "\"}").getBytes(StandardCharsets.US_ASCII);

    assertRejected(
        producer()
            .send(
                producer()
                    .request(path)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))),
        413,
        "more than %d bytes".formatted(limit));
  }

  @Test
  void uploadWithTooLargeContentLengthStoresNothing() throws Exception {
    assertRejected(
        producer().upload("large.jsonl", new byte[RunningProducer.MAX_FILE_SIZE + 100_000]),
        413,
        "larger than the limit of " + RunningProducer.MAX_FILE_SIZE + " bytes");
    assertThat(
            producer()
                .jdbc()
                .sql("select count(*) from file_chunks where octet_length(content) > 1000000")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void uploadWithTooManyPartsOfOneNameIsRejected() throws Exception {
    String part = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n";
    String file = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    HttpRequest.Builder request =
        producer()
            .request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=b")
            .POST(BodyPublishers.ofString(part.repeat(10_000) + file));

    assertRejected(producer().send(request), 400, "more than 20 parts besides");
  }

  @Test
  void uploadWithTooManyPartsIsRejected() throws Exception {
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      parts.put("part-" + i, "x");
    }

    assertRejected(
        producer().upload("a.jsonl", new byte[] {1}, parts), 400, "more than 20 parts besides");
  }

  @ParameterizedTest
  @ValueSource(strings = {"org%2Fmodel-7b", "org/model-7b"})
  void modelWithASlashIsFound(String name) throws Exception {
    assertThat(producer().get("/v1/models/" + name).path("id").asString())
        .isEqualTo("org/model-7b");
    assertThat(producer().send(producer().request("/v1%2Fmodels")).statusCode()).isEqualTo(404);
    assertRejected(
        producer().send(producer().request("/v1/models/org%2Fother")), 404, "model 'org/other'");
  }

  @Test
  void tooLargeOrTooManyHeadersAreRejected() throws Exception {
    HttpRequest.Builder many = producer().request("/v1/files");
    for (int i = 0; i < 101; i++) {
      many.header("x-" + i, "y");
    }
    for (HttpRequest.Builder request :
        List.of(
            producer().request("/v1/files").header("x-long", "y".repeat(17_000)),
            producer().request("/v1/files?x=" + "y".repeat(17_000)),
            many)) {
      HttpResponse<String> response = producer().send(request);

      assertRejected(
          response, 431, "exceed 16384 bytes (server.max-http-request-header-size) or 100 headers");
      assertThat(response.headers().firstValue("connection")).hasValue("close");
    }
  }

  @Test
  void everyResponseHasSecurityHeaders() throws Exception {
    for (HttpResponse<String> response :
        List.of(
            producer().send(producer().request("/")),
            producer().send(producer().request("/page/main.js")),
            producer().send(producer().request("/v1/batches")),
            producer().send(producer().request("/nowhere")),
            producer().send(producer().request("/actuator/health")),
            producer().send(producer().request("/actuator/prometheus")),
            producer().send("POST", LIVE, "{"),
            producer().send(producer().with("wrong").request("/v1/files")),
            producer().send("PATCH", "/v1/files", ""),
            producer()
                .send(producer().request("/v1/files").header("x-long", "y".repeat(17_000))))) {
      String description = response.uri() + " " + response.statusCode();
      assertThat(response.headers().firstValue("content-security-policy").orElse("none"))
          .as(description)
          .contains("default-src 'none'")
          .contains("frame-ancestors 'none'");
      assertThat(response.headers().firstValue("x-content-type-options"))
          .as(description)
          .contains("nosniff");
      assertThat(response.headers().firstValue("referrer-policy"))
          .as(description)
          .contains("no-referrer");
      assertThat(response.headers().firstValue("server")).as(description).isEmpty();
    }
  }

  private static void assertRejected(HttpResponse<String> response, int status, String message) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.path("message").asString()).contains(message);
    assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
