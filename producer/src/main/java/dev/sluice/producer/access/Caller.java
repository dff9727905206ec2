package dev.sluice.producer.access;

/**
 * Who sent a request, by its key.
 *
 * @param key the id of the key; nothing of the key itself
 * @param project whose files and batches the request sees
 * @param admin whether it may make keys and read metrics
 * @param share what of a route it may take with live calls
 */
public record Caller(String key, Project project, boolean admin, LiveShare share) {
  static final Caller ADMIN = new Caller("admin", Project.DEFAULT, true, LiveShare.ALL);
}
