package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.error.ApiException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which letters: each part is a condition in SQL with its values.
 *
 * <p>Only what is asked for stands in the statement, so that PostgreSQL can choose the index for
 * it.
 */
record DeadLetterFilter(List<String> conditions, Map<String, Object> values) {
  static final Set<String> NAMES =
      Set.of(
          "project",
          "route",
          "batch",
          "custom_id",
          "task",
          "code",
          "text",
          "since",
          "until",
          "state");

  /**
   * The filter that a request names.
   *
   * @throws ApiException for a name or a value that is none
   */
  static DeadLetterFilter of(Map<String, String> asked, AuthenticatedCaller caller) {
    Set<String> unknown = new TreeSet<>(asked.keySet());
    unknown.removeAll(NAMES);
    if (!unknown.isEmpty()) {
      throw ApiException.badRequest(
          "Unknown filter '%s'. There are: %s."
              .formatted(unknown.iterator().next(), String.join(", ", new TreeSet<>(NAMES))),
          unknown.iterator().next(),
          "unknown_parameter");
    }
    Builder filter = new Builder();
    Project project = project(asked.get("project"), caller);
    filter.add("project = :project", "project", project == null ? null : project.name());
    filter.add("route = :route", "route", asked.get("route"));
    filter.add("batch_id = :batch", "batch", batch(asked.get("batch")));
    filter.add(
        "left(custom_id, 256) = left(:customId, 256) and custom_id = :customId",
        "customId",
        asked.get("custom_id"));
    filter.add("task_id = :task", "task", asked.get("task"));
    filter.add("failure_code = :code", "code", asked.get("code"));
    filter.add("failure_detail ilike :text", "text", pattern(asked.get("text")));
    filter.add("died_at >= :since", "since", time("since", asked.get("since")));
    filter.add("died_at < :until", "until", time("until", asked.get("until")));
    filter.add("state = :state", "state", state(asked.getOrDefault("state", "dead")));
    return filter.filter();
  }

  /** The same letters, but only these. */
  DeadLetterFilter and(String condition, String name, Object value) {
    Builder filter = new Builder();
    conditions.forEach(filter.conditions::add);
    filter.values.putAll(values);
    filter.add(condition, name, value);
    return filter.filter();
  }

  /** All conditions, for a {@code where}. */
  String sql() {
    return String.join(" and ", conditions);
  }

  private static @Nullable Project project(@Nullable String name, AuthenticatedCaller caller) {
    if (caller.admin()) {
      return name == null ? null : Project.named(name);
    }
    if (name != null && !name.equals(caller.project().name())) {
      throw ApiException.badRequest(
          "The key is that of the project '%s'; letters of '%s' are the administrator's to see."
              .formatted(caller.project().name(), name),
          "project",
          "invalid_value");
    }
    return caller.project();
  }

  private static @Nullable UUID batch(@Nullable String id) {
    return id == null
        ? null
        : BatchId.parse(id)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "'%s' is no batch's id.".formatted(id), "batch", "invalid_value"))
            .uuid();
  }

  private static @Nullable String pattern(@Nullable String text) {
    return text == null
        ? null
        : "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
  }

  private static @Nullable Object time(String name, @Nullable String seconds) {
    try {
      return seconds == null
          ? null
          : Instant.ofEpochSecond(Long.parseLong(seconds)).atOffset(ZoneOffset.UTC);
    } catch (RuntimeException noTime) {
      throw ApiException.badRequest(
          "'%s' is no time in Unix seconds.".formatted(seconds), name, "invalid_value");
    }
  }

  private static String state(String name) {
    for (DeadLetter.State state : DeadLetter.State.values()) {
      if (state.name().toLowerCase(Locale.ROOT).equals(name)) {
        return name;
      }
    }
    throw ApiException.badRequest(
        "'%s' is none of dead, replayed, discarded.".formatted(name), "state", "invalid_value");
  }

  private static final class Builder {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    void add(String condition, String name, @Nullable Object value) {
      if (value != null) {
        conditions.add(condition);
        values.put(name, value instanceof String text ? text.replace("\0", "") : value);
      }
    }

    DeadLetterFilter filter() {
      return new DeadLetterFilter(List.copyOf(conditions), Map.copyOf(values));
    }
  }
}
