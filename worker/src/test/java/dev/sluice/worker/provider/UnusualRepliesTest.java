package dev.sluice.worker.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.MaxTokensField;
import dev.sluice.platform.route.Provider;
import dev.sluice.platform.route.ProviderAuth;
import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.ReplyDescription;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.provider.Reply.Answered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** Replies that differ from the API's description, from the bytes on the connection on. */
class UnusualRepliesTest {
  private static final String ANSWER =
      "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Grüße\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

  private static final String CHUNKS =
      """
      : a comment

      data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

      data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"Grü"},"finish_reason":null}]}

      data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"ße"},"finish_reason":"stop"}],"usage":null}

      data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

      data: [DONE]

      """;

  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "X-GZIP", "identity, gzip", "deflate", "deflate-raw"})
  void compressedReplyIsDecoded(String coding) throws IOException {
    reply(200, Map.of("Content-Encoding", coding.replace("-raw", "")), compress(coding, ANSWER));

    Completed completed = completed(send());

    assertThat(completed.reply().body().text()).isEqualTo(ANSWER);
    assertThat(completed.reply().headers()).doesNotContainKey("content-encoding");
    assertThat(completed.usage()).isEqualTo(new TokenUsage(3, 2));
  }

  @Test
  void gzipBodyWithFileNameAndSeveralMembersIsDecoded() throws IOException {
    byte[] withName = compress("gzip", "[1,");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(withName, 0, 3);
    body.write(8); // the flag of a file name
    body.write(withName, 4, 6);
    body.writeBytes("a.json\0".getBytes(UTF_8));
    body.write(withName, 10, withName.length - 10);
    body.writeBytes(compress("gzip", "2]"));
    body.writeBytes(new byte[100]); // padding
    reply(500, Map.of("Content-Encoding", "gzip"), body.toByteArray());

    assertThat(((Answered) send()).body().text()).isEqualTo("[1,2]");
  }

  @Test
  void compressedErrorIsReadable() throws IOException {
    reply(
        400,
        Map.of("Content-Encoding", "gzip"),
        compress("gzip", "{\"error\":{\"code\":\"context_length_exceeded\"}}"));

    assertThat(classify(send()))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected ->
                assertThat(rejected.reply().body().text()).contains("context_length_exceeded"));
  }

  @Test
  void compressedStreamIsForwardedDecodedAndAtOnce() {
    ChunkListener listener = new ChunkListener();
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, 0);
          try (GZIPOutputStream out =
              new GZIPOutputStream(exchange.getResponseBody(), /* syncFlush= */ true)) {
            out.write("data: {\"n\":1}\n\n".getBytes(UTF_8));
            out.flush();
            listener.first.orTimeout(10, TimeUnit.SECONDS).join();
            out.write("data: [DONE]\n\n".getBytes(UTF_8));
          }
          exchange.close();
        });

    Reply reply = client().send(task(/* stream= */ true), listener);

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Streamed.class,
            stream -> assertThat(stream.tail().text()).endsWith("data: [DONE]\n\n"));
    assertThat(listener.text()).isEqualTo("data: {\"n\":1}\n\ndata: [DONE]\n\n");
    assertThat(listener.headers).doesNotContainKey("content-encoding");
  }

  @Test
  void contentEncodingOfDecodedBodyIsIgnored() {
    reply(200, Map.of("Content-Encoding", "gzip"), ANSWER.getBytes(UTF_8));

    assertThat(completed(send()).reply().body().text()).isEqualTo(ANSWER);
  }

  @Test
  void truncatedCompressedReplyIsConnectionLoss() throws IOException {
    byte[] body = compress("gzip", ANSWER);
    reply(200, Map.of("Content-Encoding", "gzip"), Arrays.copyOf(body, body.length / 2));

    assertThat(send()).isInstanceOf(Reply.ConnectionLost.class);
  }

  @Test
  void sizeLimitAppliesToDecodedBody() throws IOException {
    reply(
        200,
        Map.of("Content-Encoding", "gzip"),
        compress("gzip", " ".repeat(TaskCodec.MAX_REPLY_BYTES + 1)));

    assertThat(send()).isInstanceOf(Reply.TooLarge.class);
  }

  @Test
  void unknownContentEncodingIsNamed() {
    reply(200, Map.of("Content-Encoding", "br", "Content-Type", "application/json"), new byte[9]);

    assertThat(unavailable(send()).detail())
        .startsWith("HTTP 200 (application/json, content encoding br)");
  }

  @Test
  void byteOrderMarkIsRemoved() {
    reply(200, Map.of(), ("\uFEFF" + ANSWER).getBytes(UTF_8));

    assertThat(completed(send()).reply().body().text()).isEqualTo(ANSWER);
  }

  @Test
  void replyInOtherCharsetIsConvertedToUtf8() {
    reply(200, Map.of(), ANSWER.getBytes(UTF_16));
    assertThat(completed(send()).reply().body().text()).isEqualTo(ANSWER);

    server.removeContext("/v1/chat/completions");
    reply(
        200,
        Map.of("Content-Type", "application/json; charset=iso-8859-1"),
        ANSWER.getBytes(ISO_8859_1));
    assertThat(completed(send()).reply().body().text()).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/event-stream", "Text/Event-Stream; charset=utf-8"})
  void chunksThatWereNotRequestedBecomeOneAnswer(String contentType) throws Exception {
    reply(200, Map.of("Content-Type", contentType), CHUNKS.getBytes(UTF_8));
    ChunkListener listener = new ChunkListener();

    for (Reply reply : List.of(send(), client().send(task(/* stream= */ false), listener))) {
      Completed completed = completed(reply);

      assertThat(Json.object(completed.reply().body().bytes()))
          .isEqualTo(
              Json.object(
                  """
                  {"id":"c1","object":"chat.completion","created":7,"model":"m",
                   "usage":{"prompt_tokens":3,"completion_tokens":2},
                   "choices":[{"index":0,"finish_reason":"stop",
                     "message":{"role":"assistant","content":"Grüße"}}]}"""
                      .getBytes(UTF_8)));
      assertThat(completed.usage()).isEqualTo(new TokenUsage(3, 2));
      assertThat(completed.reply().header("content-type")).contains("application/json");
    }
    assertThat(listener.text()).isEmpty();
  }

  @Test
  void toolCallsAndChoicesOfChunksAreMerged() {
    reply(
        200,
        Map.of("Content-Type", "text/event-stream"),
        """
        data: {"choices":[{"index":1,"delta":{"content":"two"},"finish_reason":"stop"}]}

        data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":"{\\"a\\""}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"","arguments":":1}"}},{"index":1,"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}
        """
            .getBytes(UTF_8));

    assertThat(Json.object(completed(send()).reply().body().bytes()))
        .isEqualTo(
            Json.object(
                """
                {"object":"chat.completion","choices":[
                  {"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
                    "tool_calls":[
                      {"id":"t1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                      {"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]}},
                  {"index":1,"finish_reason":"stop","message":{"role":"assistant","content":"two"}}]}"""
                    .getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "data: %s\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":%s}\n\n",
      })
  void completeAnswerInStreamIsTheAnswer(String stream) {
    reply(
        200, Map.of("Content-Type", "text/event-stream"), stream.formatted(ANSWER).getBytes(UTF_8));

    assertThat(completed(send()).reply().body().text()).isEqualTo(ANSWER);
  }

  @Test
  void streamWithoutEndIsNamed() {
    reply(
        200,
        Map.of("Content-Type", "text/event-stream"),
        CHUNKS.substring(0, CHUNKS.indexOf("ße")).getBytes(UTF_8));

    assertThat(unavailable(send()).detail())
        .startsWith("HTTP 200 (text/event-stream) with a body that is not a JSON object: : a com");
  }

  @Test
  void streamWithBrokenChunkIsNoAnswer() {
    reply(
        200,
        Map.of("Content-Type", "text/event-stream"),
        CHUNKS.replace("{\"content\":\"Grü\"}", "{\"content\":").getBytes(UTF_8));

    unavailable(send());
  }

  @Test
  void errorEventOfUnforwardedStreamIsTheError() {
    reply(
        200,
        Map.of("Content-Type", "text/event-stream"),
        "data: {\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\"}}\n\n".getBytes(UTF_8));

    assertThat(classify(send())).isInstanceOf(TaskOutcome.Throttled.class);
  }

  @Test
  void contentTypeOfAStreamIsCaseInsensitive() {
    reply(200, Map.of("Content-Type", "Text/Event-Stream"), CHUNKS.getBytes(UTF_8));
    ChunkListener listener = new ChunkListener();

    Reply reply = client().send(task(/* stream= */ true), listener);

    assertThat(completed(reply).usage()).isEqualTo(new TokenUsage(3, 2));
    assertThat(listener.text()).isEqualTo(CHUNKS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"code\":502,\"message\":\"Upstream failed\"}}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\ndata: [DONE]\n\n",
        "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\"}}}\n\n",
      })
  void forwardedStreamWithErrorIsNoAnswer(String end) {
    reply(200, Map.of("Content-Type", "text/event-stream"), end.getBytes(UTF_8));

    Reply reply = client().send(task(/* stream= */ true), new ChunkListener());

    assertThat(unavailable(reply).detail())
        .isEqualTo("the provider ended the stream with an error");
  }

  @Test
  void pageInPlaceOfAnswerIsDescribed() {
    reply(
        200,
        Map.of("Content-Type", "text/html; charset=utf-8"),
        "<!doctype html>\n<html>\n  <title>Welcome</title>".getBytes(UTF_8));

    assertThat(unavailable(send()).detail())
        .isEqualTo(
            "HTTP 200 (text/html; charset=utf-8) with a body that is not a JSON object: "
                + "<!doctype html> <html> <title>Welcome</title>");
  }

  @Test
  void redirectIsAFailureOfTheProviderAndNamesItsLocation() {
    reply(
        301,
        Map.of("Location", "https://api.example.com/v1/chat/completions?key=secret#here"),
        "<html>Moved".getBytes(UTF_8));

    TaskOutcome.Unavailable moved = unavailable(send());

    String expected =
        "HTTP 301: redirect to https://api.example.com/v1/chat/completions. "
            + "Sluice does not follow redirects: correct provider.url.";
    assertThat(moved.detail()).isEqualTo(expected);
    assertThat(ReplyDescription.withoutBody(Objects.requireNonNull(moved.reply())))
        .isEqualTo(expected);
  }

  @Test
  void manyInterimResponsesPrecedeTheAnswer() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AtomicInteger calls = new AtomicInteger();
      Thread.startVirtualThread(() -> sendInterimResponses(socket, calls));

      Reply reply = client(socket.getLocalPort()).send(task(/* stream= */ false));

      assertThat(completed(reply).reply().body().text()).isEqualTo("{}");
      assertThat(calls).hasValue(1);
    }
  }

  private static void sendInterimResponses(ServerSocket socket, AtomicInteger calls) {
    try (Socket connection = socket.accept()) {
      calls.incrementAndGet();
      connection.getInputStream().read(new byte[64 * 1024]);
      String interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(12);
      String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      connection.getOutputStream().write((interim + answer).getBytes(UTF_8));
      connection.getInputStream().read(); // until the client disconnects
    } catch (IOException closed) {
      // the client has closed the connection
    }
  }

  private void reply(int status, Map<String, String> headers, byte[] body) {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          headers.forEach(exchange.getResponseHeaders()::add);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static byte[] compress(String coding, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor(coding, bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static OutputStream compressor(String coding, OutputStream out) throws IOException {
    return switch (coding) {
      case "deflate" -> new DeflaterOutputStream(out);
      case "deflate-raw" -> new DeflaterOutputStream(out, new Deflater(6, /* nowrap= */ true));
      default -> new GZIPOutputStream(out);
    };
  }

  private Reply send() {
    return client().send(task(/* stream= */ false));
  }

  private static TaskOutcome classify(Reply reply) {
    return new OutcomeClassifier(TestRoutes.route("r", Map.of()), Clock.systemUTC())
        .classify(reply);
  }

  private static Completed completed(Reply reply) {
    TaskOutcome outcome = classify(reply);
    assertThat(outcome).isInstanceOf(Completed.class);
    return (Completed) outcome;
  }

  private static Unavailable unavailable(Reply reply) {
    TaskOutcome outcome = classify(reply);
    assertThat(outcome).isInstanceOf(Unavailable.class);
    return (Unavailable) outcome;
  }

  private ProviderClient client() {
    return client(server.getAddress().getPort());
  }

  private static ProviderClient client(int port) {
    Duration timeout = Duration.ofSeconds(10);
    Provider provider =
        new Provider(
            URI.create("http://127.0.0.1:" + port + "/v1"),
            "sk-1",
            /* apiKeyFile= */ null,
            ProviderAuth.AUTO,
            /* headers= */ Map.of(),
            /* query= */ Map.of(),
            /* sslBundle= */ "",
            ProviderDialect.OPENAI,
            MaxTokensField.AUTO,
            timeout,
            timeout,
            /* sendTraceparent= */ false);
    return new ProviderClient(
        ProviderConnection.to(provider, new DefaultSslBundleRegistry()), timeout);
  }

  private static TaskMessage task(boolean stream) {
    TaskIds ids = new TaskIds("t", null, "/v1/chat/completions", "m", Lane.LIVE, "c", null);
    String body = stream ? "{\"model\":\"m\",\"stream\":true}" : "{\"model\":\"m\"}";
    return TaskMessage.first(ids, Instant.EPOCH, null, Payload.of(body));
  }

  /** Collects the forwarded chunks. */
  private static final class ChunkListener implements StreamListener {
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final List<byte[]> chunks = new ArrayList<>();
    private Map<String, List<String>> headers = Map.of();

    @Override
    public void onHeaders(Map<String, List<String>> given) {
      headers = given;
    }

    @Override
    public void onChunk(byte[] chunk) {
      chunks.add(chunk);
      first.complete(null);
    }

    @Override
    public CompletableFuture<Void> cancelled() {
      return new CompletableFuture<>();
    }

    String text() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      chunks.forEach(all::writeBytes);
      return all.toString(UTF_8);
    }
  }
}
