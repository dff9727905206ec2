package dev.sluice.producer.access;

import org.jspecify.annotations.Nullable;

/**
 * The projects that a request may see: its own with a project's key; all, or the one that the
 * request names, with the administrator's key.
 *
 * @param only the only visible project; null for all
 */
public record ProjectScope(@Nullable Project only) {
  /** All projects. */
  public static final ProjectScope ALL = new ProjectScope(null);

  /** Returns the name of the only visible project; null for all. */
  public @Nullable String name() {
    return only == null ? null : only.name();
  }

  /** Returns whether the project is visible. */
  public boolean includes(String project) {
    return only == null || only.name().equals(project);
  }
}
