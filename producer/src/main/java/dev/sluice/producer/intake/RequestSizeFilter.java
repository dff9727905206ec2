package dev.sluice.producer.intake;

import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.error.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests that have more bytes than any that could be answered. An upload is a stream that
 * nobody holds in memory: its bound is that of its file.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // behind the keys: who has none is not read at all
class RequestSizeFilter extends OncePerRequestFilter {
  /** The largest task, and room for what an edit or a live call says besides. */
  static final int MOST_BYTES = TaskCodec.MAX_BODY_BYTES + 64 * 1024;

  private static final String FILES = "/v1/files";

  private final ErrorWriter errors;

  RequestSizeFilter(ErrorWriter errors) {
    this.errors = errors;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getServletPath().equals(FILES);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() > MOST_BYTES) {
      errors.reject(response, tooLarge());
    } else {
      chain.doFilter(new SizeLimitedRequest(request), response);
    }
  }

  static ApiException tooLarge() {
    return ApiException.tooLarge(
        "The request's body has more than %d bytes.".formatted(MOST_BYTES), null);
  }
}
