package dev.sluice.cli.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * What it takes to use a route's whole allowance, and when its backlog will be done, as the
 * producer counts it.
 *
 * @param bounds what bounds the rate
 * @param binding the tightest of those that are known; empty where none is
 * @param callMs how long a call takes; empty before the first
 * @param callsInFlight that it takes to go at the tightest bound; empty where that is not known
 * @param concurrency calls that one worker runs at once
 * @param fleetConcurrency calls that all workers run at once; empty where nothing bounds them
 * @param workers how many are there
 * @param workersToSaturate how many workers it takes; empty where that is not known
 * @param workersWanted how many it can use now, with the backlog that there is; empty where the
 *     producer is older than that
 * @param backlog tasks to do; empty where that is not known
 * @param now how it goes with the workers that are there; empty where that is not known
 * @param saturated how it goes with enough workers; empty where that is not known
 * @param notes sentences about what is not known
 */
record CapacityPlan(
    String route,
    List<Constraint> bounds,
    Optional<Constraint> binding,
    OptionalLong callMs,
    OptionalDouble callsInFlight,
    long concurrency,
    OptionalLong fleetConcurrency,
    long workers,
    OptionalLong workersToSaturate,
    OptionalLong workersWanted,
    OptionalLong backlog,
    Optional<Forecast> now,
    Optional<Forecast> saturated,
    List<String> notes) {

  /**
   * One thing that bounds how many calls a route makes in a minute.
   *
   * @param what a limit, or {@code fleet_concurrency}
   * @param perMinute empty for {@code fleet_concurrency}
   * @param source {@code set}, {@code told}, {@code probed} or {@code pace}
   * @param perCall what one call takes of it; empty where that is not known
   * @param callsPerMinute empty where it is not known
   */
  record Constraint(
      String what,
      OptionalLong perMinute,
      String source,
      OptionalLong perCall,
      OptionalDouble callsPerMinute) {

    /** As people write it: {@code input tokens}. */
    String words() {
      return what.replace('_', ' ');
    }
  }

  /**
   * How it goes with so many workers.
   *
   * @param workers empty where it is not known how many it takes
   * @param seconds how long the backlog takes; empty where it is not known
   */
  record Forecast(OptionalLong workers, double callsPerMinute, OptionalLong seconds) {}

  static CapacityPlan of(JsonNode json) {
    List<Constraint> bounds = json.path("limits").valueStream().map(CapacityPlan::bound).toList();
    String binds = json.path("binds").asString("");
    return new CapacityPlan(
        json.path("route").asString(""),
        bounds,
        bounds.stream().filter(constraint -> constraint.what().equals(binds)).findFirst(),
        number(json, "call_ms"),
        decimal(json, "calls_in_flight"),
        json.path("concurrency").asLong(0),
        number(json, "fleet_concurrency"),
        json.path("workers").asLong(0),
        number(json, "workers_to_saturate"),
        number(json, "workers_wanted"),
        number(json, "backlog"),
        outlook(json.path("now")),
        outlook(json.path("saturated")),
        json.path("notes").valueStream().map(note -> note.asString("")).toList());
  }

  /** Whether the workers that are there use all that is allowed. */
  boolean isSaturated() {
    return workersToSaturate.isPresent() && workers >= workersToSaturate.getAsLong();
  }

  private static Constraint bound(JsonNode json) {
    return new Constraint(
        json.path("what").asString(""),
        number(json, "per_minute"),
        json.path("source").asString(""),
        number(json, "per_call"),
        decimal(json, "calls_per_minute"));
  }

  private static Optional<Forecast> outlook(JsonNode json) {
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
