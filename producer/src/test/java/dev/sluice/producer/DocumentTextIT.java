package dev.sluice.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The text of documents for the pages. The build sets {@code sluice.documents.jar}. */
class DocumentTextIT {
  private static final int MAX_SIZE = 10_000_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"), "sluice.documents.max-size=" + MAX_SIZE + "B");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }

  private static HttpResponse<String> text(RunningProducer caller, String name, byte[] content)
      throws Exception {
    return caller.send(
        caller
            .request("/api/documents/text?name=" + name)
            .POST(BodyPublishers.ofByteArray(content))
            .header("Content-Type", "application/octet-stream"));
  }

  private static JsonNode text(String name, String content) throws Exception {
    HttpResponse<String> response = text(producer(), name, content.getBytes(UTF_8));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  @Test
  void textIsExtracted() throws Exception {
    JsonNode page = text("a%20b.html", "<script>x()</script><p>Ants <b>build</b>.</p>");

    assertThat(page.path("status").asString()).isEqualTo("text");
    assertThat(page.path("text").asString()).isEqualTo("Ants build.");
    assertThat(page.path("pages_without_text").asInt(-1)).isZero();
  }

  @Test
  void problemsAreNamed() throws Exception {
    JsonNode empty = text("a.html", "<script>x()</script>");
    JsonNode damaged = text("a.pdf", "%PDF-1.4 and no more");

    assertThat(empty.path("status").asString()).isEqualTo("empty");
    assertThat(empty.path("message").asString()).isEqualTo("contains no text");
    assertThat(damaged.path("status").asString()).isEqualTo("failed");
    assertThat(damaged.path("message").asString()).startsWith("cannot be parsed");
  }

  @Test
  void documentLargerThanATaskIsAccepted() throws Exception {
    String large = "<p>Ants.</p><!--" + "x".repeat(9_000_000) + "-->";

    assertThat(text("a.html", large).path("text").asString()).isEqualTo("Ants.");
  }

  @Test
  void invalidRequestsAreRejected() throws Exception {
    HttpResponse<String> large = text(producer(), "a.pdf", new byte[MAX_SIZE + 1]);
    HttpResponse<String> anonymous =
        text(producer().with("no-such-key-0123456789"), "a.pdf", new byte[10]);

    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(large.body()).contains("more than 10000000 bytes (sluice.documents.max-size)");
    assertThat(anonymous.statusCode()).isEqualTo(401);
    assertThat(text(producer(), "", new byte[10]).statusCode()).isEqualTo(400);
  }
}
