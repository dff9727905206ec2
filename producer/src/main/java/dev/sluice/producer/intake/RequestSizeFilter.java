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
 * Rejects request bodies that are larger than any valid request. File uploads are exempt: they are
 * streamed, and {@code sluice.files.max-size} limits them.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // after authentication: no body is read without a valid key
class RequestSizeFilter extends OncePerRequestFilter {
  /** The largest task, plus the other fields of an edit or a live call. */
  static final int MAX_BYTES = TaskCodec.MAX_BODY_BYTES + 64 * 1024;

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
    if (request.getContentLengthLong() > MAX_BYTES) {
      errors.reject(response, tooLarge());
    } else {
      chain.doFilter(new SizeLimitedRequest(request), response);
    }
  }

  static ApiException tooLarge() {
    return ApiException.tooLarge(
        "The request body has more than %d bytes. Send a smaller request.".formatted(MAX_BYTES),
        null);
  }
}
