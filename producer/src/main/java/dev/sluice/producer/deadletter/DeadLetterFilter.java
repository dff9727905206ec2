package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.web.ApiException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects dead letters by SQL conditions.
 *
 * <p>The statement holds only the conditions that the request names, so that PostgreSQL can choose
 * an index for them.
 *
 * @param conditions SQL with named parameters, to be joined by {@code and}
 * @param values by parameter name
 */
public record DeadLetterFilter(List<String> conditions, Map<String, Object> values) {
  static final Set<String> NAMES =
      Set.of(
          "project",
          "route",
          "model",
          "batch",
          "custom_id",
          "task",
          "code",
          "text",
          "since",
          "until",
          "state");

  /**
   * Creates the filter of a request. Dead letters of other projects never match, except for the
   * administrator.
   *
   * @throws ApiException 400 for an unknown name or an invalid value
   */
  public static DeadLetterFilter of(Map<String, String> query, AuthenticatedCaller caller) {
    Set<String> unknown = new TreeSet<>(query.keySet());
    unknown.removeAll(NAMES);
    if (!unknown.isEmpty()) {
      throw ApiException.badRequest(
          "Unknown filter '%s'. Valid filters: %s."
              .formatted(unknown.iterator().next(), String.join(", ", new TreeSet<>(NAMES))),
          unknown.iterator().next(),
          "unknown_parameter");
    }
    Builder filter = new Builder();
    Project project = project(query.get("project"), caller);
    filter.add("project = :project", "project", project == null ? null : project.name());
    filter.add("route = :route", "route", query.get("route"));
    filter.add("model = :model", "model", query.get("model"));
    filter.add("batch_id = :batch", "batch", batch(query.get("batch")));
    filter.add(
        "left(custom_id, 256) = left(:customId, 256) and custom_id = :customId",
        "customId",
        query.get("custom_id"));
    filter.add("task_id = :task", "task", query.get("task"));
    filter.add("failure_code = :code", "code", query.get("code"));
    filter.add("failure_detail ilike :text", "text", pattern(query.get("text")));
    filter.add("died_at >= :since", "since", time("since", query.get("since")));
    filter.add("died_at < :until", "until", time("until", query.get("until")));
    filter.add("state = :state", "state", state(query.getOrDefault("state", "open")));
    return filter.filter();
  }

  /** Returns this filter with one more condition. */
  public DeadLetterFilter and(String condition, String name, Object value) {
    Builder filter = new Builder();
    conditions.forEach(filter.conditions::add);
    filter.values.putAll(values);
    filter.add(condition, name, value);
    return filter.filter();
  }

  /** Returns all conditions, for a {@code where} clause. */
  String sql() {
    return String.join(" and ", conditions);
  }

  private static @Nullable Project project(@Nullable String name, AuthenticatedCaller caller) {
    if (caller.admin()) {
      return name == null ? null : Project.named(name);
    }
    if (name != null && !name.equals(caller.project().name())) {
      throw ApiException.badRequest(
          "This API key belongs to project '%s'. Only the administrator can see dead letters of project '%s'."
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
                        "'%s' is not a batch id.".formatted(id), "batch", "invalid_value"))
            .uuid();
  }

  private static @Nullable String pattern(@Nullable String text) {
    return text == null
        ? null
        : "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
  }

  private static @Nullable Object time(String name, @Nullable String seconds) {
    try {
      return seconds == null ? null : SqlValues.at(Instant.ofEpochSecond(Long.parseLong(seconds)));
    } catch (RuntimeException invalid) {
      throw ApiException.badRequest(
          "'%s' is '%s'; it must be a time in Unix seconds.".formatted(name, seconds),
          name,
          "invalid_value");
    }
  }

  private static String state(String name) {
    for (DeadLetter.State state : DeadLetter.State.values()) {
      if (state.wireName().equals(name)) {
        return state.column();
      }
    }
    throw ApiException.badRequest(
        "'state' is '%s'; it must be open, replayed, discarded or accepted.".formatted(name),
        "state",
        "invalid_value");
  }

  private static final class Builder {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    void add(String condition, String name, @Nullable Object value) {
      if (value != null) {
        conditions.add(condition);
        values.put(name, value instanceof String text ? SqlValues.text(text) : value);
      }
    }

    DeadLetterFilter filter() {
      return new DeadLetterFilter(List.copyOf(conditions), Map.copyOf(values));
    }
  }
}
