package dev.sluice.producer.access;

import dev.sluice.producer.error.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
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
 * Lets in who shows a key, and remembers whose it is; health and the pages are open to all, keys,
 * quotas, metrics and the steering of routes to the administrator alone.
 *
 * <p>A project's key is looked up for each request: one that is revoked opens nothing from then on.
 */
@Component
@Order(ApiKeyFilter.BEFORE_ALL_THAT_READ)
class ApiKeyFilter extends OncePerRequestFilter {
  static final int BEFORE_ALL_THAT_READ = 0;
  static final String CALLER = ApiKeyFilter.class.getName() + ".caller";

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeyFilter.class);
  private static final String PAGE = "/page";
  private static final String ROUTES = "/api/routes";
  private static final String QUOTAS = "/api/quotas";
  private static final String SCHEME = "Bearer ";

  private final String actuator;
  private final AdminKey admin;
  private final ObjectProvider<ApiKeys> keys;
  private final ErrorWriter errors;

  /**
   * @param keys asked for with the first request: a filter is made while the server starts, and a
   *     database that is not there has to end the start outside of it
   */
  ApiKeyFilter(
      WebEndpointProperties endpoints,
      AdminKey admin,
      ObjectProvider<ApiKeys> keys,
      ErrorWriter errors) {
    this.actuator = endpoints.getBasePath();
    this.admin = admin;
    this.keys = keys;
    this.errors = errors;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return isBelow(request, actuator + "/health") || isPage(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      errors.invalidApiKey(
          response, "No API key was sent. Send one as `Authorization: Bearer KEY`.");
      return;
    }
    Optional<AuthenticatedCaller> caller;
    try {
      caller = caller(header.substring(SCHEME.length()).trim());
    } catch (DataAccessException away) {
      LOG.error("An API key cannot be looked up: {}", away.getMessage());
      errors.databaseAway(response);
      return;
    }
    if (caller.isEmpty()) {
      errors.invalidApiKey(
          response,
          "This API key is wrong or was revoked. `sluice keys create` makes one, with the key that the producer has as sluice.api-key.");
    } else if (isForAdmin(request) && !caller.get().admin()) {
      errors.forbidden(response, "This needs the key that the producer has as sluice.api-key.");
    } else {
      request.setAttribute(CALLER, caller.get());
      chain.doFilter(request, response);
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
    return changesRoutes
        || isBelow(request, KeyController.PATH)
        || isBelow(request, QUOTAS)
        || isBelow(request, actuator);
  }

  /** The pages hold nothing that is secret: what they show they ask for with a key. */
  private static boolean isPage(HttpServletRequest request) {
    String asked = request.getServletPath();
    return HttpMethod.GET.matches(request.getMethod())
        && (asked.equals("/") || isBelow(request, PAGE));
  }

  /** By the path as the controllers see it: decoded and normalised. */
  private static boolean isBelow(HttpServletRequest request, String path) {
    String asked = request.getServletPath();
    return asked.equals(path) || asked.startsWith(path + "/");
  }
}
