package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.web.ApiException;
import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Writes the reply of a live call to the HTTP client. */
final class LiveHttpResponse {
  private static final int OK = 200;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final ErrorWriter errors;

  LiveHttpResponse(HttpServletRequest request, HttpServletResponse response, ErrorWriter errors) {
    this.request = request;
    this.response = response;
    this.errors = errors;
  }

  boolean isClientDisconnected() {
    return ClientDisconnectValve.isDisconnected(request);
  }

  /**
   * Writes the provider's complete response, unchanged.
   *
   * @param elapsed since the request arrived
   */
  void writeReply(LiveMessage.Reply reply, Duration elapsed) throws IOException {
    response.setStatus(reply.status());
    reply.headers().forEach(response::setHeader);
    response.setHeader("x-sluice-attempts", Integer.toString(reply.stats().attempts()));
    response.setHeader("x-sluice-throttles", Integer.toString(reply.stats().throttles()));
    response.setHeader(
        "x-sluice-wait-ms",
        Long.toString(Math.max(0, elapsed.minus(reply.stats().latency()).toMillis())));
    response.setContentLength(reply.body().size());
    response.getOutputStream().write(reply.body().bytes());
    response.flushBuffer();
  }

  /**
   * Sends each chunk immediately: proxies such as nginx must neither buffer nor store the stream.
   */
  void beginStream(Map<String, String> headers) {
    response.setStatus(OK);
    headers.forEach(response::setHeader);
    response.setHeader("X-Accel-Buffering", "no");
    response.setHeader("Cache-Control", "no-cache");
  }

  /** Blocks while the client does not read. */
  void writeChunk(Payload chunk) throws IOException {
    response.getOutputStream().write(chunk.bytes());
    response.flushBuffer();
  }

  void endStream() throws IOException {
    response.getOutputStream().close();
  }

  /** Ends the stream with an event that the SDKs of OpenAI and Anthropic raise as an error. */
  void failStream(ApiException error) throws IOException {
    response
        .getOutputStream()
        .write(
            "\n\nevent: error\ndata: %s\n\n"
                .formatted(new String(errors.bytes(request, error), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8));
    endStream();
  }
}
