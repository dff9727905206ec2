package dev.sluice.system.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Forwards requests to a producer and records the bodies of those that create batches. */
final class RecordingProxy implements AutoCloseable {
  private static final List<String> HEADERS =
      List.of("Authorization", "Content-Type", "Idempotency-Key");

  private final String producer;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> batchRequests = new CopyOnWriteArrayList<>();

  RecordingProxy(String producer) throws IOException {
    this.producer = producer;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::forward);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The bodies of the requests that created batches. */
  List<String> batchRequests() {
    return batchRequests;
  }

  private void forward(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestMethod().equals("POST")
        && exchange.getRequestURI().getPath().equals("/v1/batches")) {
      batchRequests.add(new String(body, StandardCharsets.UTF_8));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(producer + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (String header : HEADERS) {
      List<String> values = exchange.getRequestHeaders().getOrDefault(header, List.of());
      values.forEach(value -> request.header(header, value));
    }
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      byte[] reply = response.body();
      exchange.sendResponseHeaders(response.statusCode(), reply.length == 0 ? -1 : reply.length);
      exchange.getResponseBody().write(reply);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
