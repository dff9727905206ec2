package dev.sluice.producer.access;

import org.jspecify.annotations.Nullable;

/**
 * Whose batches a request looks at. A project's key sees its own; the administrator's sees all, or
 * those of the project that the request names.
 *
 * @param only the project; null for all
 */
public record ProjectScope(@Nullable Project only) {
  /** Everybody's. */
  public static final ProjectScope ALL = new ProjectScope(null);

  /** Of the one project; null for all. */
  public @Nullable String name() {
    return only == null ? null : only.name();
  }

  /** Whether it reaches that project. */
  public boolean takesIn(String project) {
    return only == null || only.name().equals(project);
  }
}
