package dev.sluice.producer.access;

import dev.sluice.producer.web.ApiException;
import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates requests by API key. Health, the pages and the API's contract need no key; API
 * keys, quotas, metrics, route overrides and changes of a project's budget need the administrator's
 * key. The metrics key reads metrics only.
 *
 * <p>A project's key is looked up for each request, so a revoked key is rejected immediately.
 */
@Component
@Order(ApiKeyFilter.ORDER)
class ApiKeyFilter extends OncePerRequestFilter {
  static final int ORDER = 0;
  static final String CALLER = ApiKeyFilter.class.getName() + ".caller";

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeyFilter.class);
  private static final String PAGE = "/page";
  private static final String CONTRACT = "/openapi.json";
  private static final String ROUTES = "/api/routes";
  private static final String QUOTAS = "/api/quotas";
  private static final String BUDGET = "/api/budget";
  private static final String SCHEME = "Bearer ";
  private static final String ANTHROPIC_KEY = "x-api-key";

  private final String actuator;
  private final AdminKey admin;
  private final MetricsKey metrics;
  private final ObjectProvider<ApiKeys> keys;
  private final FailedLogins failedLogins;
  private final ErrorWriter errors;

  /**
   * @param keys resolved at the first request. The filter is created while the web server starts,
   *     which is too early for the startup check of the database to fail cleanly.
   */
  ApiKeyFilter(
      WebEndpointProperties endpoints,
      AdminKey admin,
      MetricsKey metrics,
      ObjectProvider<ApiKeys> keys,
      FailedLogins failedLogins,
      ErrorWriter errors) {
    this.actuator = endpoints.getBasePath();
    this.admin = admin;
    this.metrics = metrics;
    this.keys = keys;
    this.failedLogins = failedLogins;
    this.errors = errors;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return isBelow(request, actuator + "/health") || isPublic(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String key = key(request);
    if (key == null) {
      errors.invalidApiKey(
          request,
          response,
          "No API key was sent. Send one as `Authorization: Bearer KEY` or `x-api-key: KEY`.");
      return;
    }
    if (metrics.matches(key)) {
      readMetrics(request, response, chain);
      return;
    }
    KeyDigest digest = KeyDigest.of(key);
    if (!failedLogins.permits(request.getRemoteAddr(), digest)) {
      errors.reject(request, response, tooManyAttempts());
      return;
    }
    Optional<AuthenticatedCaller> caller;
    try {
      caller = caller(key);
    } catch (DataAccessException unavailable) {
      LOG.error("Cannot look up an API key: {}", unavailable.getMessage());
      errors.databaseUnavailable(request, response);
      return;
    }
    if (caller.isEmpty()) {
      failedLogins.failed(request.getRemoteAddr());
      errors.invalidApiKey(
          request,
          response,
          "This API key is invalid or revoked. Create one with `sluice keys create` and the administrator's key (sluice.api-key of the producer).");
      return;
    }
    failedLogins.succeeded(digest);
    if (isForAdmin(request) && !caller.get().admin()) {
      errors.forbidden(
          request,
          response,
          "This operation needs the administrator's key (sluice.api-key of the producer).");
    } else {
      request.setAttribute(CALLER, caller.get());
      chain.doFilter(request, response);
    }
  }

  /** The key of the header of OpenAI's SDKs, or else of Anthropic's; null without one. */
  private static @Nullable String key(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).trim()
        : request.getHeader(ANTHROPIC_KEY);
  }

  private static ApiException tooManyAttempts() {
    return ApiException.tooManyRequests(
        "Too many invalid API keys from this address. Retry after the time in Retry-After.",
        FailedLogins.INTERVAL);
  }

  private void readMetrics(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = actuator + "/prometheus";
    if (request.getServletPath().equals(path) && HttpMethod.GET.matches(request.getMethod())) {
      chain.doFilter(request, response);
    } else {
      errors.forbidden(
          request, response, "The metrics key (sluice.metrics-key) can only GET " + path + ".");
    }
  }

  private Optional<AuthenticatedCaller> caller(String key) {
    return admin.matches(key)
        ? Optional.of(AuthenticatedCaller.ADMIN)
        : keys.getObject().callerOf(key);
  }

  private boolean isForAdmin(HttpServletRequest request) {
    boolean changesRoutes =
        isBelow(request, ROUTES) && !HttpMethod.GET.matches(request.getMethod());
    boolean changesBudget =
        isBelow(request, BUDGET) && !HttpMethod.GET.matches(request.getMethod());
    return changesRoutes
        || changesBudget
        || isBelow(request, KeyController.PATH)
        || isBelow(request, QUOTAS)
        || isBelow(request, actuator);
  }

  /** The pages and the contract contain no secrets; the pages load their data with a key. */
  private static boolean isPublic(HttpServletRequest request) {
    String path = request.getServletPath();
    return HttpMethod.GET.matches(request.getMethod())
        && (path.equals("/") || path.equals(CONTRACT) || isBelow(request, PAGE));
  }

  /** Compares the decoded and normalised path, as the controllers see it. */
  private static boolean isBelow(HttpServletRequest request, String parent) {
    String path = request.getServletPath();
    return path.equals(parent) || path.startsWith(parent + "/");
  }
}
