package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.error.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The HTTP end of a live call. */
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

  boolean hasGone() {
    return ClientDisconnectValve.happened(request);
  }

  /**
   * The provider's answer as it is.
   *
   * @param took from the caller's coming
   */
  void whole(LiveMessage.Reply whole, Duration took) throws IOException {
    response.setStatus(whole.status());
    whole.headers().forEach(response::setHeader);
    response.setHeader("x-sluice-attempts", Integer.toString(whole.stats().attempts()));
    response.setHeader("x-sluice-throttles", Integer.toString(whole.stats().throttles()));
    response.setHeader(
        "x-sluice-wait-ms",
        Long.toString(Math.max(0, took.minus(whole.stats().latency()).toMillis())));
    response.setContentLength(whole.body().size());
    response.getOutputStream().write(whole.body().bytes());
    response.flushBuffer();
  }

  void begin(Map<String, String> headers) {
    response.setStatus(OK);
    headers.forEach(response::setHeader);
  }

  /** Waits while the caller does not read. */
  void part(Payload part) throws IOException {
    response.getOutputStream().write(part.bytes());
    response.flushBuffer();
  }

  void end() throws IOException {
    response.getOutputStream().close();
  }

  /** An event that OpenAI's SDKs raise as an error. */
  void breakOff(ApiException reason) throws IOException {
    response
        .getOutputStream()
        .write(
            "\n\nevent: error\ndata: %s\n\n"
                .formatted(new String(errors.bytes(reason.body()), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8));
    end();
  }
}
