package dev.sluice.producer.access;

/**
 * Who sent a request, by its key.
 *
 * @param project whose files and batches the request sees
 * @param admin whether it may make keys and read metrics
 */
record Caller(Project project, boolean admin) {
  static final Caller ADMIN = new Caller(Project.DEFAULT, true);
}
