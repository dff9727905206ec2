package dev.sluice.cli.command.deadletter;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that select dead letters. */
final class FilterOptions {
  @Option(names = "--code", paramLabel = "CODE", description = "Select by failure code.")
  private @Nullable String code;

  @Option(names = "--text", paramLabel = "TEXT", description = "Select by text in the error.")
  private @Nullable String text;

  @Option(names = "--route", paramLabel = "ROUTE", description = "Select by route.")
  private @Nullable String route;

  @Option(names = "--batch", paramLabel = "BATCH", description = "Select by batch id.")
  private @Nullable String batch;

  @Option(names = "--custom-id", paramLabel = "ID", description = "Select by custom id.")
  private @Nullable String customId;

  @Option(names = "--task", paramLabel = "ID", description = "Select by task id.")
  private @Nullable String task;

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Select by project. Requires the administrator's key.")
  private @Nullable String project;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Select by state: open, replayed, discarded or accepted. Default: open.")
  private @Nullable String state;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Select by time: dead-lettered at or after this time. Time in ISO 8601, such as 2026-01-31T12:00:00Z, or an age such as 30m, 2h, 3d.")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Select by time: dead-lettered before this time, in the format of --since.")
  private @Nullable String until;

  /** The selected filters by their names in the API. */
  Map<String, String> filter() {
    Map<String, String> filter = new LinkedHashMap<>();
    put(filter, "code", code);
    put(filter, "text", text);
    put(filter, "route", route);
    put(filter, "batch", batch);
    put(filter, "custom_id", customId);
    put(filter, "task", task);
    put(filter, "project", project);
    put(filter, "state", state);
    put(filter, "since", seconds("--since", since));
    put(filter, "until", seconds("--until", until));
    return filter;
  }

  private static void put(Map<String, String> filter, String name, @Nullable String value) {
    if (value != null) {
      filter.put(name, value);
    }
  }

  private static @Nullable String seconds(String option, @Nullable String time) {
    return time == null ? null : TimeBound.unixSeconds(option, time, Instant.now());
  }
}
