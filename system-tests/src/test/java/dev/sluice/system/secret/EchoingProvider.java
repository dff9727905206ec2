package dev.sluice.system.secret;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Provider that repeats the received API key in each reply. The model sets the status code: {@code
 * status-401}.
 */
record EchoingProvider(HttpServer server) implements AutoCloseable {
  private static final Pattern STATUS = Pattern.compile("status-(\\d{3})");

  static EchoingProvider start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", EchoingProvider::answer);
    server.start();
    return new EchoingProvider(server);
  }

  String url() {
    return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String key = exchange.getRequestHeaders().getFirst("Authorization");
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher desired = STATUS.matcher(request);
    int status = desired.find() ? Integer.parseInt(desired.group(1)) : 200;
    byte[] body =
        """
        {"error":{"message":"Incorrect API key provided: %1$s.","type":"invalid_request_error",
         "code":"%1$s"},"choices":[{"message":{"content":"Your key is %1$s"},"finish_reason":"stop"}],
         "usage":{"prompt_tokens":1,"completion_tokens":1}}"""
            .formatted(key)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.getResponseHeaders().add("x-request-id", "for " + key);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
