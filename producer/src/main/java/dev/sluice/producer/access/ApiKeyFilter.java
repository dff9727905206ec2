package dev.sluice.producer.access;

import dev.sluice.producer.error.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets in who shows the API key; health is open to all. */
@Component
class ApiKeyFilter extends OncePerRequestFilter {
  private static final String HEALTH = "/actuator/health";
  private static final String SCHEME = "Bearer ";

  private final ApiKey key;
  private final ErrorWriter errors;

  ApiKeyFilter(ApiKey key, ErrorWriter errors) {
    this.key = key;
    this.errors = errors;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getServletPath(); // decoded and normalised, as the controllers see it
    return path.equals(HEALTH) || path.startsWith(HEALTH + "/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      errors.invalidApiKey(
          response, "No API key was sent. Send sluice.api-key as `Authorization: Bearer KEY`.");
    } else if (!key.matches(header.substring(SCHEME.length()).trim())) {
      errors.invalidApiKey(
          response, "This API key is wrong. Send the one that the producer has as sluice.api-key.");
    } else {
      chain.doFilter(request, response);
    }
  }
}
