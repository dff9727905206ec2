package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The quotas of projects, from the settings and per project. */
class QuotasIT {
  private static final int ALLOWED_BATCHES = 2;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int MIB = 1024 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"), "sluice.quota.batches=" + ALLOWED_BATCHES);
  }

  @AfterAll
  static void stop() {
    admin().close();
  }

  @Test
  void concurrentCreatesDoNotExceedTheBatchQuota() throws Exception {
    RunningProducer red = project("red");
    String file = upload(red, RunningProducer.lines(3));
    List<HttpResponse<String>> responses = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> create = () -> create(red, file);
      for (Future<HttpResponse<String>> created :
          threads.invokeAll(List.of(create, create, create, create, create, create))) {
        responses.add(created.get());
      }
    }

    assertThat(responses)
        .filteredOn(response -> response.statusCode() == 200)
        .hasSize(ALLOWED_BATCHES);
    assertThat(responses)
        .filteredOn(response -> response.statusCode() != 200)
        .allSatisfy(
            rejected ->
                assertRejected(
                    rejected, "batches", "'red' would have 3 unfinished batches; its quota is 2"));
    assertThat(red.get("/api/quota").path("used").path("batches").asInt())
        .isEqualTo(ALLOWED_BATCHES);

    try (FakeWorker worker = admin().worker()) {
      for (JsonNode batch : red.get("/v1/batches").path("data")) {
        red.finished(batch.path("id").asString());
      }
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(ALLOWED_BATCHES * 3);
    }
    assertThat(create(red, file).statusCode()).isEqualTo(200);
  }

  @Test
  void batchOverTheTaskQuotaFailsAndStoresNoTask() throws Exception {
    RunningProducer blue = project("blue");
    assertThat(set("blue", "{\"queued_tasks\":5}").path("limits").path("queued_tasks").asInt())
        .isEqualTo(5);
    String first = blue.batch(RunningProducer.lines(4));
    inProgress(blue, first);

    JsonNode second = blue.finished(blue.batch(RunningProducer.lines(2)));

    assertThat(second.path("status").asString()).isEqualTo("failed");
    JsonNode error = second.path("errors").path("data").path(0);
    assertThat(error.path("code").asString()).isEqualTo("project_quota_exceeded");
    assertThat(error.path("message").asString())
        .contains("'blue' would have 6 unfinished tasks; its quota is 5 (queued_tasks)");
    assertThat(blue.get("/api/quota").path("used").path("queued_tasks").asInt()).isEqualTo(4);
    inProgress(blue, blue.batch(RunningProducer.lines(1)));

    assertRejected(
        create(blue, upload(blue, RunningProducer.lines(1))),
        "batches",
        "'blue' would have 3 unfinished batches");
    set("blue", "{\"queued_tasks\":5,\"batches\":10}");
    assertRejected(
        create(blue, upload(blue, RunningProducer.lines(1))),
        "queued_tasks",
        "'blue' would have 6 unfinished tasks");
  }

  @Test
  void tasksWithAStoredResultDoNotCountTowardsTheTaskQuota() throws Exception {
    RunningProducer amber = project("amber");
    String lines = RunningProducer.lines(3).replace("prompt", "stored prompt");
    try (FakeWorker worker = admin().worker()) {
      amber.finished(amber.batch(lines));
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(3);
    }
    set("amber", "{\"queued_tasks\":2}");

    String more = lines + RunningProducer.line("a", "new") + RunningProducer.line("b", "new");
    inProgress(amber, amber.batch(more, "\"reuse\":\"1h\","));

    assertThat(amber.get("/api/quota").path("used").path("queued_tasks").asInt()).isEqualTo(2);
  }

  @Test
  void queuedAndStoredBytesAreLimited() throws Exception {
    RunningProducer green = project("green");
    byte[] lines = RunningProducer.lines(10).getBytes(StandardCharsets.UTF_8);
    set(
        "green",
        "{\"queued_bytes\":%d,\"stored_bytes\":%d}".formatted(lines.length, 3 * lines.length + 10));
    String file = upload(green, RunningProducer.lines(10));
    assertThat(create(green, file).statusCode()).isEqualTo(200);
    assertRejected(
        create(green, file),
        "queued_bytes",
        "would have %d bytes of input".formatted(2 * lines.length));

    upload(green, RunningProducer.lines(10));
    HttpResponse<String> third = green.upload("third.jsonl", lines);
    assertRejected(
        third,
        "stored_bytes",
        "Delete files, wait until retention deletes finished batches, or ask the administrator");
    assertThat(green.get("/v1/files").path("data")).hasSize(2);
    assertThat(green.send(green.request("/v1/files/" + file).DELETE()).statusCode()).isEqualTo(200);
    assertThat(green.upload("third.jsonl", lines).statusCode()).isEqualTo(200);
  }

  @Test
  void inputOfABatchCountsAfterItsFileIsDeleted() throws Exception {
    RunningProducer white = project("white");
    byte[] lines = RunningProducer.lines(10).getBytes(StandardCharsets.UTF_8);
    set(
        "white",
        "{\"queued_bytes\":%d,\"stored_bytes\":%d}".formatted(lines.length, 2 * lines.length));
    String file = upload(white, RunningProducer.lines(10));
    assertThat(create(white, file).statusCode()).isEqualTo(200);
    inProgress(white, white.get("/v1/batches").path("data").path(0).path("id").asString());
    white.send(white.request("/v1/files/" + file).DELETE());

    JsonNode used = white.get("/api/quota").path("used");
    assertThat(used.path("queued_bytes").asInt()).isEqualTo(lines.length);
    assertThat(used.path("stored_bytes").asInt()).isEqualTo(lines.length);
    String second = upload(white, RunningProducer.lines(10));
    assertRejected(create(white, second), "queued_bytes", "bytes of input to unfinished batches");
    set("white", "{\"stored_bytes\":%d}".formatted(2 * lines.length));
    assertRejected(create(white, second), "stored_bytes", "bytes of uploaded files");
  }

  @Test
  void uploadWithoutALengthStoresNoMoreThanTheQuota() throws Exception {
    RunningProducer black = project("black");
    set("black", "{\"stored_bytes\":%d}".formatted(MIB + MIB / 2));
    HttpRequest request = black.request("/v1/files").build();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), request.uri().getPort())) {
      socket.setSoTimeout((int) SOON.toMillis());
      String part =
          "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"
              + "x".repeat(3 * MIB);
      String head =
          "POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n"
              .formatted(
                  request.headers().firstValue("Authorization").orElseThrow(), part.length());
      socket.getOutputStream().write((head + part).getBytes(StandardCharsets.US_ASCII));
      await().atMost(SOON).until(() -> storedBytes(black) == MIB);
      assertThat(
              admin()
                  .jdbc()
                  .sql(
                      "select count(*) from file_chunks c join files f on f.id = c.file_id where f.project = 'black'")
                  .query(Long.class)
                  .single())
          .isEqualTo(1);
      socket.getOutputStream().write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 429".length());
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 429");
    }
    assertThat(storedBytes(black)).isZero();
  }

  private static int storedBytes(RunningProducer project) throws Exception {
    return project.get("/api/quota").path("used").path("stored_bytes").asInt();
  }

  @Test
  void onlyTheAdministratorSetsQuotasAndInvalidOnesAreRejected() throws Exception {
    RunningProducer grey = project("grey");
    assertThat(grey.send("PUT", "/api/quotas/grey", "{}").statusCode()).isEqualTo(403);
    assertThat(grey.send(grey.request("/api/quotas/red")).statusCode()).isEqualTo(403);
    assertThat(grey.get("/api/quota").path("project").asString()).isEqualTo("grey");

    HttpResponse<String> bad = admin().send("PUT", "/api/quotas/grey", "{\"batches\":-1}");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(bad.body()).contains("Invalid value for 'batches': -1");
    assertThat(admin().send("PUT", "/api/quotas/Not.Good", "{}").statusCode()).isEqualTo(400);

    set("grey", "{\"batches\":0}");
    assertThat(grey.get("/api/quota").path("limits").path("batches").isNull()).isTrue();
    set("grey", "{}");
    assertThat(grey.get("/api/quota").path("limits").path("batches").asInt())
        .isEqualTo(ALLOWED_BATCHES);
    assertThat(admin().get("/api/quotas").path("data"))
        .extracting(quota -> quota.path("project").asString())
        .contains("grey");
  }

  private static void assertRejected(HttpResponse<String> response, String param, String message) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.path("code").asString()).isEqualTo("project_quota_exceeded");
    assertThat(error.path("param").asString()).isEqualTo(param);
    assertThat(error.path("message").asString()).contains(message);
  }

  private static void inProgress(RunningProducer project, String batch) {
    await().atMost(SOON).until(() -> project.status(batch).equals("in_progress"));
  }

  private static JsonNode set(String project, String limits) throws Exception {
    HttpResponse<String> response = admin().send("PUT", "/api/quotas/" + project, limits);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static String upload(RunningProducer project, String lines) throws Exception {
    return JSON.readTree(
            project.upload("input.jsonl", lines.getBytes(StandardCharsets.UTF_8)).body())
        .path("id")
        .asString();
  }

  private static HttpResponse<String> create(RunningProducer project, String file)
      throws Exception {
    return project.send(
        "POST",
        "/v1/batches",
        "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
            .formatted(file));
  }

  private static RunningProducer project(String name) throws Exception {
    String key =
        JSON.readTree(
                admin()
                    .send(
                        "POST", "/api/keys", "{\"name\":\"x\",\"project\":\"%s\"}".formatted(name))
                    .body())
            .path("key")
            .asString();
    return admin().with(key);
  }

  private static RunningProducer admin() {
    return Objects.requireNonNull(running);
  }
}
