package dev.sluice.cli.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads messages from stdin, one per line, and writes the responses to stdout.
 *
 * <p>Each request runs in a virtual thread. So requests do not wait for each other, and an
 * interrupt cancels one: it closes the connection of its HTTP call.
 */
final class StdioServer {
  private static final int MAX_MESSAGE_BYTES = 1024 * 1024;
  private static final Duration MAX_WAIT_AT_END = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final McpProtocol protocol;

  /** The threads by the id of their request. Guarded by this. */
  private final Map<JsonNode, Thread> running = new HashMap<>();

  StdioServer(Terminal terminal, McpProtocol protocol) {
    this.terminal = terminal;
    this.protocol = protocol;
  }

  /** Serves the client until stdin ends. */
  void run() throws IOException, InterruptedException {
    LineReader lines = new LineReader(terminal.in(), MAX_MESSAGE_BYTES);
    for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
      if (line.isTruncated()) {
        String problem =
            "The message has %,d bytes; the maximum is %,d."
                .formatted(line.length(), MAX_MESSAGE_BYTES);
        send(JsonRpc.error(null, new RpcException(RpcException.INVALID_REQUEST, problem)));
      } else if (!line.isBlank()) {
        receive(JsonRpc.read(line.bytes()));
      }
    }
    awaitRunning();
  }

  private void receive(JsonRpc.Message message) {
    switch (message) {
      case JsonRpc.Request request -> start(request);
      case JsonRpc.Notification notification -> {
        if (notification.method().equals("notifications/cancelled")) {
          cancel(notification.params().path("requestId"));
        }
      }
      case JsonRpc.Malformed malformed -> send(JsonRpc.error(malformed.id(), malformed.problem()));
      case JsonRpc.Response ignored -> {}
    }
  }

  private synchronized void start(JsonRpc.Request request) {
    Thread thread = Thread.ofVirtual().unstarted(() -> respond(request));
    if (running.putIfAbsent(request.id(), thread) == null) {
      thread.start();
    } else {
      String problem = "The id %s belongs to a running request.".formatted(request.id());
      send(JsonRpc.error(request.id(), new RpcException(RpcException.INVALID_REQUEST, problem)));
    }
  }

  private void respond(JsonRpc.Request request) {
    try {
      finish(request.id(), response(request));
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
    }
  }

  /** A cancelled request has no response, also if a later request has its id. */
  private synchronized void finish(JsonNode id, JsonNode response) {
    if (running.remove(id, Thread.currentThread())) {
      send(response);
    }
  }

  private JsonNode response(JsonRpc.Request request) throws InterruptedException {
    try {
      return JsonRpc.result(request.id(), protocol.handle(request.method(), request.params()));
    } catch (RpcException problem) {
      return JsonRpc.error(request.id(), problem);
    } catch (RuntimeException bug) {
      bug.printStackTrace(terminal.err());
      return JsonRpc.error(
          request.id(), new RpcException(RpcException.INTERNAL_ERROR, "Unexpected error: " + bug));
    }
  }

  private synchronized void cancel(JsonNode id) {
    Thread thread = running.remove(id);
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** The client may have closed stdin to end the process, or because it has sent all requests. */
  private void awaitRunning() throws InterruptedException {
    long end = System.nanoTime() + MAX_WAIT_AT_END.toNanos();
    for (Thread thread : threads()) {
      thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      thread.interrupt();
    }
  }

  private synchronized List<Thread> threads() {
    return List.copyOf(running.values());
  }

  /** One write per message, because threads share stdout. */
  private void send(JsonNode message) {
    byte[] line = (JsonValues.line(message) + "\n").getBytes(UTF_8);
    terminal.out().write(line, 0, line.length);
    terminal.out().flush();
  }
}
