package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** HTTP server with the producer's endpoints that records the requests. */
final class FakeProducer implements AutoCloseable {
  static final String KEY = "a-key-for-the-tests";
  static final String BATCH = "batch_1";
  private static final Pattern IDEMPOTENCY_KEY =
      Pattern.compile("idempotency_key=sluice-[0-9a-f]{64}(?:-([0-9]+))?");

  /** Plan of the route claude, which is held and has made no call. */
  static final String PLAN_UNKNOWN =
      """
      {"route":"claude","limits":[\
      {"limit":"fleet_concurrency","per_minute":null,"source":"configured","per_call":null,"calls_per_minute":null}],\
      "binding_limit":null,"avg_latency_ms":null,"calls_in_flight":null,"concurrency":4,"fleet_concurrency":20,"workers":1,\
      "workers_to_saturate":null,"workers_desired":1,"backlog":412,"now":null,"saturated":null,"notes":[\
      "No call has been made: latency and required workers are unknown.",\
      "No limit is known: the maximum rate is unknown.",\
      "The route is held (hold: quota, next probe in 20 s): times count from its release."]}""";

  final List<Call> calls = new CopyOnWriteArrayList<>();
  final Map<String, Reply> replies = new HashMap<>();
  volatile String contentType = "";
  private final List<String> earlierBatches = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Deque<Reply> states = new ArrayDeque<>();
  private final Deque<Reply> results = new ArrayDeque<>();
  private final HttpServer server;

  record Call(
      String method,
      String path,
      String query,
      String contentType,
      String idempotencyKey,
      String body) {}

  /** A reply; a negative status closes the connection without a response. */
  record Reply(int status, String body) {
    static final Reply DISCONNECT = new Reply(-1, "");

    /** No response until the producer is closed. */
    static final Reply HANG = new Reply(-2, "");
  }

  FakeProducer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
    reply(
        "GET /api/status",
        """
        {"version":"0.1.0","broker":{"address":"127.0.0.1:5672","up":true},
         "database":{"kind":"embedded","up":true},
         "batches":{"validating":0,"in_progress":1,"finalizing":0},
         "routes":[{"name":"mini","models":["gpt-4o-mini","gpt-4o","claude-*"],"max_tokens_field":"max_completion_tokens","queued":1200,"in_broker":40}]}
        """);
    reply(
        "GET /api/routes",
        """
        {"at":"2026-11-01T12:00:00Z","routes":[
         {"name":"openai-mini","models":["gpt-4o-mini","gpt-4o"],"provider":"api.openai.com",
          "concurrency":8,"fleet_concurrency":null,"workers":2,"running":16,"waiting":3,
          "queued":9120,"in_broker":1000,"waits_for":"requests per minute","hold":null,
          "limits":[
           {"limit":"requests","per_minute":500,"source":"configured","target_per_minute":495,"remaining":12},
           {"limit":"tokens","per_minute":200000,"source":"advertised","target_per_minute":198000,"remaining":null}],
          "limit_storage":"redis","calls_finished":10120,"throttled":1,"avg_latency_ms":3000,"tokens_per_call":330,
          "input_tokens_per_call":null,"output_tokens_per_call":null,
          "per_worker":[
           {"name":"host-1","stopping":false,"running":8,"waiting":3,"waits_for":"requests per minute","limit_fraction":1.0,
            "calls_finished":10000,"throttled":1,"avg_latency_ms":3000,"tokens_per_call":330},
           {"name":"host-2","stopping":true,"running":8,"waiting":0,"waits_for":null,"limit_fraction":1.0,
            "calls_finished":120,"throttled":0,"avg_latency_ms":null,"tokens_per_call":null}]},
         {"name":"claude","models":["claude-*"],"provider":"api.anthropic.com",
          "concurrency":4,"fleet_concurrency":20,"workers":1,"running":0,"waiting":4,
          "queued":0,"in_broker":412,"waits_for":"hold: quota, next probe in 20 s",
          "hold":{"kind":"quota","until":"2026-11-01T12:00:20Z","probing":false,
           "reason":"Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits."},
          "limits":[],"limit_storage":"worker","calls_finished":0,"throttled":0,"avg_latency_ms":null,
          "tokens_per_call":null,"per_worker":[]}]}
        """);
    reply("GET /api/plan", "{\"plans\":[%s,%s]}".formatted(plan(10_120, 1898, 1215), PLAN_UNKNOWN));
    reply("POST /v1/files", "{\"id\":\"file-in\",\"object\":\"file\"}");
    reply(
        "POST /v1/batches", "{\"id\":\"batch_1\",\"object\":\"batch\",\"status\":\"validating\"}");
  }

  /** Plan of the route openai-mini, with the times for the current and for enough workers. */
  static String plan(long backlog, long seconds, long secondsSaturated) {
    return """
        {"route":"openai-mini","limits":[\
        {"limit":"requests","per_minute":500,"source":"configured","per_call":1,"calls_per_minute":500.0},\
        {"limit":"tokens","per_minute":200000,"source":"advertised","per_call":330,"calls_per_minute":606.061}],\
        "binding_limit":"requests","avg_latency_ms":3000,"calls_in_flight":25.0,"concurrency":8,"fleet_concurrency":null,\
        "workers":2,"workers_to_saturate":4,"workers_desired":4,"backlog":%d,\
        "now":{"workers":2,"calls_per_minute":320.0,"seconds_left":%d},\
        "saturated":{"workers":4,"calls_per_minute":500.0,"seconds_left":%d},"notes":[]}"""
        .formatted(backlog, seconds, secondsSaturated);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void reply(String call, String body) {
    replies.put(call, new Reply(200, body));
  }

  void reject(String call, int status, String body) {
    replies.put(call, new Reply(status, body));
  }

  void file(String id, String content) {
    reply("GET /v1/files/" + id + "/content", content);
  }

  /** Queues the next state of the batch; the last state is returned repeatedly. */
  void state(String status, String members) {
    states.addLast(
        new Reply(
            200,
            "{\"id\":\"batch_1\",\"endpoint\":\"/v1/chat/completions\",\"status\":\"%s\"%s}"
                .formatted(status, members.isEmpty() ? "" : "," + members)));
  }

  /** Adds a batch that an earlier run of the command has created. */
  void earlierBatch(String id, String status) {
    earlierBatches.add(
        "{\"id\":\"%s\",\"status\":\"%s\",\"input_file_id\":\"file-%s\",\"created_at\":400}"
            .formatted(id, status, id));
  }

  /** The first of these batches has the key without a number, the second one the key -2. */
  private Reply earlierBatch(String query) {
    Matcher key = IDEMPOTENCY_KEY.matcher(query);
    if (!key.matches()) {
      return new Reply(400, error("not a key: " + query));
    }
    int number = key.group(1) == null ? 1 : Integer.parseInt(key.group(1));
    return number <= earlierBatches.size()
        ? new Reply(200, earlierBatches.get(number - 1))
        : new Reply(404, error("No batch."));
  }

  /** Sets the pages of results; null closes the connection. */
  void results(@Nullable String... pages) {
    for (String page : pages) {
      results.addLast(page == null ? Reply.DISCONNECT : new Reply(200, page));
    }
  }

  void stateError(int status, String body) {
    states.addLast(new Reply(status, body));
  }

  void disconnect() {
    states.addLast(Reply.DISCONNECT);
  }

  /** The body of the only call with this method and path. */
  String sent(String call) {
    return only(call).body();
  }

  /** The idempotency key of the only call with this method and path. */
  String idempotencyKey(String call) {
    return only(call).idempotencyKey();
  }

  private Call only(String call) {
    List<Call> matches =
        calls.stream().filter(c -> (c.method() + " " + c.path()).equals(call)).toList();
    if (matches.size() != 1) {
      throw new AssertionError(matches.size() + " calls of " + call);
    }
    return matches.getFirst();
  }

  /** The idempotency keys of all create requests. */
  List<String> idempotencyKeys() {
    return calls.stream()
        .filter(call -> call.path().equals("/v1/batches") && call.method().equals("POST"))
        .map(Call::idempotencyKey)
        .toList();
  }

  /** The batch file in the multipart upload. */
  String sentBatchFile() {
    return batchFile(sent("POST /v1/files"));
  }

  /** The batch files in all multipart uploads. */
  List<String> sentBatchFiles() {
    return calls.stream()
        .filter(call -> call.path().equals("/v1/files") && call.method().equals("POST"))
        .map(call -> batchFile(call.body()))
        .toList();
  }

  private static String batchFile(String body) {
    int start = body.indexOf("\r\n\r\n", body.indexOf("name=\"file\"")) + 4;
    return body.substring(start, body.lastIndexOf("\r\n--"));
  }

  boolean receivedNoPost() {
    return calls.stream().noneMatch(call -> call.method().equals("POST"));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      calls.add(
          new Call(
              exchange.getRequestMethod(),
              path,
              String.valueOf(exchange.getRequestURI().getRawQuery()),
              String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
              String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
      Reply reply =
          ("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))
              ? path.equals("/api/batches/by-idempotency-key")
                  ? earlierBatch(String.valueOf(exchange.getRequestURI().getRawQuery()))
                  : reply(exchange.getRequestMethod() + " " + path)
              : new Reply(401, error("Incorrect API key provided."));
      if (reply.equals(Reply.HANG)) {
        closed.await();
      } else if (reply.status() > 0) {
        if (!contentType.isEmpty()) {
          exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        byte[] bytes = reply.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Reply reply(String call) {
    if (call.equals("GET /api/batches/" + BATCH) && !states.isEmpty()) {
      return states.size() > 1 ? states.removeFirst() : states.getFirst();
    }
    if (call.equals("GET /api/batches/" + BATCH + "/results") && !results.isEmpty()) {
      return results.size() > 1 ? results.removeFirst() : results.getFirst();
    }
    return replies.getOrDefault(call, new Reply(404, error("Not found: " + call)));
  }

  static String error(String message) {
    return "{\"error\":{\"message\":\"%s\",\"type\":\"t\",\"param\":null,\"code\":null}}"
        .formatted(message);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
