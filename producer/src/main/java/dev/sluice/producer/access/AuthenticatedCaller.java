package dev.sluice.producer.access;

/**
 * Who sent a request, by its key.
 *
 * @param key the id of the key; nothing of the key itself
 * @param name of the key, for those who read later who did what
 * @param project whose files and batches the request sees
 * @param admin whether it may make keys, read metrics and see the dead letters of all projects
 * @param share what of a route it may take with live calls
 */
public record AuthenticatedCaller(
    String key, String name, Project project, boolean admin, KeyLimits share) {
  static final AuthenticatedCaller ADMIN =
      new AuthenticatedCaller("admin", "administrator", Project.DEFAULT, true, KeyLimits.ALL);
}
