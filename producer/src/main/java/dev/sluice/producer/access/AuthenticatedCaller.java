package dev.sluice.producer.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The caller of a request, identified by its API key.
 *
 * @param key id of the key, without its secret
 * @param name name of the key, for the audit log
 * @param project the project whose files and batches the caller sees
 * @param admin whether it may manage keys, read metrics and see the dead letters of all projects
 * @param limits limits of its live calls
 */
public record AuthenticatedCaller(
    String key, String name, Project project, boolean admin, KeyLimits limits) {
  static final AuthenticatedCaller ADMIN =
      new AuthenticatedCaller("admin", "administrator", Project.DEFAULT, true, KeyLimits.NONE);

  /** The caller of a request; empty if the request needs no key. */
  public static Optional<AuthenticatedCaller> of(HttpServletRequest request) {
    return Optional.ofNullable((AuthenticatedCaller) request.getAttribute(ApiKeyFilter.CALLER));
  }
}
