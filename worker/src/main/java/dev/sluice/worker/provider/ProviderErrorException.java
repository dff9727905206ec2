package dev.sluice.worker.provider;

import dev.langchain4j.exception.HttpException;
import dev.sluice.common.wire.Payload;
import java.util.List;
import java.util.Map;

/**
 * A reply with a status outside 200-299. langchain4j's own exception has only status and body;
 * {@code Retry-After} and the rate limit headers are needed too.
 */
final class ProviderErrorException extends HttpException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, List<String>> headers;
  private final transient Payload payload;

  ProviderErrorException(int status, Map<String, List<String>> headers, Payload payload) {
    super(status, "HTTP " + status);
    this.headers = headers;
    this.payload = payload;
  }

  Map<String, List<String>> headers() {
    return headers;
  }

  Payload body() {
    return payload;
  }
}
