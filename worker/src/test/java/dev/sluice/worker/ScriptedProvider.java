package dev.sluice.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A provider stub that returns the scripted answers of a request body, in order. */
final class ScriptedProvider implements AutoCloseable {
  static final String OK =
      "{\"id\":\"ok\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

  /** One response. */
  record Answer(int status, Map<String, String> headers, String body, @Nullable Runnable before) {
    static Answer ok() {
      return new Answer(200, Map.of("x-request-id", "req_1"), OK, null);
    }

    static Answer of(int status, String body) {
      return new Answer(status, Map.of(), body, null);
    }

    static Answer rateLimit(String retryAfter) {
      return new Answer(429, Map.of("Retry-After", retryAfter), "{\"error\":{}}", null);
    }

    Answer after(Runnable action) {
      return new Answer(status, headers, body, action);
    }
  }

  /** A received request. */
  record RecordedRequest(String body, Instant at) {}

  private final Map<String, Queue<Answer>> scripts = new ConcurrentHashMap<>();
  private final List<RecordedRequest> received = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  ScriptedProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /** Sets the responses for a request body, in order. After the last one, the stub returns 200. */
  void script(String body, Answer... answers) {
    scripts.put(body, new ConcurrentLinkedQueue<>(List.of(answers)));
  }

  List<RecordedRequest> received(String body) {
    return received.stream().filter(request -> request.body().equals(body)).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    received.add(new RecordedRequest(body, Instant.now()));
    Answer next = scripts.getOrDefault(body, new ArrayDeque<>()).poll();
    Answer answer = next == null ? Answer.ok() : next;
    Runnable before = answer.before();
    if (before != null) {
      before.run();
    }
    answer.headers().forEach(exchange.getResponseHeaders()::add);
    byte[] bytes = answer.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
