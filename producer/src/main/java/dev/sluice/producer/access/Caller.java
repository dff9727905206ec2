package dev.sluice.producer.access;

/**
 * Who sent a request, by its key.
 *
 * @param project whose files and batches the request sees
 * @param admin whether it may make keys, read metrics and see the dead letters of all projects
 * @param name of the key, for those who read later who did what
 */
public record Caller(Project project, boolean admin, String name) {
  static final Caller ADMIN = new Caller(Project.DEFAULT, true, "administrator");
}
