package dev.sluice.producer.access.memory;

import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import dev.sluice.producer.web.ApiException;
import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Rejects request bodies that are larger than any valid request, or that do not fit into the memory
 * for the bodies of all requests. Files and documents are exempt: they are streamed, and {@code
 * sluice.files.max-size} and {@code sluice.documents.max-size} limit them.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // after authentication: no body is read without a valid key
class RequestSizeFilter extends OncePerRequestFilter {
  /** The largest task, plus the other fields of an edit or a live call. */
  static final int MAX_BYTES = TaskCodec.MAX_BODY_BYTES + 64 * 1024;

  private static final Set<String> UPLOADS = Set.of("/v1/files", "/api/documents/text");

  /** A body is in memory up to three times while it is read and published. */
  private static final int HEAP_DIVISOR = 4;

  private final ErrorWriter errors;
  private final ProjectMemory memory;

  @Autowired
  RequestSizeFilter(ErrorWriter errors) {
    this(errors, new ProjectMemory(HeapLimit.fraction(HEAP_DIVISOR), "bodies of running requests"));
  }

  RequestSizeFilter(ErrorWriter errors, ProjectMemory memory) {
    this.errors = errors;
    this.memory = memory;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return UPLOADS.contains(request.getServletPath());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() > MAX_BYTES) {
      errors.reject(request, response, tooLarge());
      return;
    }
    Project project =
        AuthenticatedCaller.of(request).map(AuthenticatedCaller::project).orElse(Project.DEFAULT);
    try (ProjectMemory.Reservation reservation = memory.reservation(project)) {
      if (tryReserve(reservation, request, response)) {
        chain.doFilter(new SizeLimitedRequest(request, reservation, System::nanoTime), response);
      }
    }
  }

  private boolean tryReserve(
      ProjectMemory.Reservation reservation,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    try {
      reservation.add(Math.max(0, request.getContentLengthLong()));
      return true;
    } catch (ApiException full) {
      errors.reject(request, response, full);
      return false;
    }
  }

  static ApiException tooLarge() {
    return ApiException.tooLarge(
        "The request body has more than %d bytes. Send a smaller request.".formatted(MAX_BYTES),
        null);
  }
}
