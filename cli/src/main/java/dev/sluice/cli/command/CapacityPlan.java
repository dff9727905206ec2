package dev.sluice.cli.command;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Capacity plan of a route: the workers that use the full rate limit, and the time for the backlog.
 *
 * @param constraints everything that limits the rate
 * @param binding the tightest known constraint; empty if none is known
 * @param avgLatencyMs average latency in milliseconds; empty before the first call
 * @param callsInFlight concurrent calls at the maximum rate; empty if unknown
 * @param concurrency maximum concurrent calls per worker
 * @param fleetConcurrency maximum concurrent calls of all workers; empty for no limit
 * @param workers number of running workers
 * @param workersToSaturate workers needed for the maximum rate; empty if unknown
 * @param workersDesired workers that the current backlog can use; empty if the producer does not
 *     support it
 * @param backlog unfinished tasks; empty if unknown
 * @param now forecast for the current workers; empty if unknown
 * @param saturated forecast for enough workers; empty if unknown
 * @param notes sentences about unknown values
 */
record CapacityPlan(
    String route,
    List<Constraint> constraints,
    Optional<Constraint> binding,
    OptionalLong avgLatencyMs,
    OptionalDouble callsInFlight,
    long concurrency,
    OptionalLong fleetConcurrency,
    long workers,
    OptionalLong workersToSaturate,
    OptionalLong workersDesired,
    OptionalLong backlog,
    Optional<Forecast> now,
    Optional<Forecast> saturated,
    List<String> notes) {

  /**
   * A limit on the calls per minute of a route.
   *
   * @param limit a rate limit, or {@code fleet_concurrency}
   * @param perMinute the limit; empty for {@code fleet_concurrency}
   * @param source {@code configured}, {@code advertised}, {@code inferred} or {@code current_rate}
   * @param perCall average usage per call; empty if unknown
   * @param callsPerMinute resulting calls per minute; empty if unknown
   */
  record Constraint(
      String limit,
      OptionalLong perMinute,
      String source,
      OptionalLong perCall,
      OptionalDouble callsPerMinute) {

    /** Display name, such as {@code input tokens}. */
    String label() {
      return limit.replace('_', ' ');
    }
  }

  /**
   * Forecast for a number of workers.
   *
   * @param workers number of workers; empty if unknown
   * @param seconds time for the backlog in seconds; empty if unknown
   */
  record Forecast(OptionalLong workers, double callsPerMinute, OptionalLong seconds) {}

  static CapacityPlan of(JsonNode json) {
    List<Constraint> constraints =
        json.path("limits").valueStream().map(CapacityPlan::constraint).toList();
    String bindingLimit = json.path("binding_limit").asString("");
    return new CapacityPlan(
        json.path("route").asString(""),
        constraints,
        constraints.stream()
            .filter(constraint -> constraint.limit().equals(bindingLimit))
            .findFirst(),
        number(json, "avg_latency_ms"),
        decimal(json, "calls_in_flight"),
        json.path("concurrency").asLong(0),
        number(json, "fleet_concurrency"),
        json.path("workers").asLong(0),
        number(json, "workers_to_saturate"),
        number(json, "workers_desired"),
        number(json, "backlog"),
        forecast(json.path("now")),
        forecast(json.path("saturated")),
        json.path("notes").valueStream().map(note -> note.asString("")).toList());
  }

  /** Whether the running workers suffice for the maximum rate. */
  boolean isSaturated() {
    return workersToSaturate.isPresent() && workers >= workersToSaturate.getAsLong();
  }

  private static Constraint constraint(JsonNode json) {
    return new Constraint(
        json.path("limit").asString(""),
        number(json, "per_minute"),
        json.path("source").asString(""),
        number(json, "per_call"),
        decimal(json, "calls_per_minute"));
  }

  private static Optional<Forecast> forecast(JsonNode json) {
    return json.isObject()
        ? Optional.of(
            new Forecast(
                number(json, "workers"),
                json.path("calls_per_minute").asDouble(0),
                number(json, "seconds")))
        : Optional.empty();
  }

  private static OptionalLong number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  private static OptionalDouble decimal(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }
}
