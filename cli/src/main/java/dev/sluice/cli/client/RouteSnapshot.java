package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Current state of a route.
 *
 * @param provider host of the provider
 * @param concurrency maximum concurrent calls per worker
 * @param fleetConcurrency maximum concurrent calls of all workers; empty for no limit
 * @param workers number of active workers
 * @param running calls in flight
 * @param waiting tasks in the workers that wait for a permit
 * @param queued tasks in the database; empty if the database is unavailable
 * @param inBroker tasks in the broker and the workers; empty if the database is unavailable
 * @param waitsFor what the tasks wait for, as text; empty if no task waits
 * @param avgLatencyMs average latency in milliseconds; empty before the first call
 * @param json the whole JSON object
 */
public record RouteSnapshot(
    String name,
    String provider,
    List<String> models,
    long concurrency,
    OptionalLong fleetConcurrency,
    long workers,
    long running,
    long waiting,
    OptionalLong queued,
    OptionalLong inBroker,
    Optional<String> waitsFor,
    Optional<Hold> hold,
    List<Limit> limits,
    Optional<String> limitStorage,
    long callsEnded,
    long throttled,
    OptionalLong avgLatencyMs,
    OptionalLong tokensPerCall,
    List<Worker> perWorker,
    JsonNode json) {

  /**
   * The hold of a route.
   *
   * @param partial whether only single batches or callers are held
   */
  public record Hold(String kind, String reason, boolean partial) {}

  /**
   * A rate limit.
   *
   * @param limit {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute the limit; empty if unknown
   * @param source {@code configured}, {@code advertised}, {@code inferred} or {@code unknown}
   * @param targetPerMinute target rate of all workers; empty for unlimited
   * @param remaining remaining quota; empty if the provider does not advertise it
   */
  public record Limit(
      String limit,
      OptionalLong perMinute,
      String source,
      OptionalLong targetPerMinute,
      OptionalLong remaining) {

    /** Display name, such as {@code input tokens}. */
    public String label() {
      return limit.replace('_', ' ');
    }
  }

  /**
   * State of the route in one worker.
   *
   * @param clockOffsetSeconds its time minus the producer's; empty if it is at most one minute
   */
  public record Worker(
      String name,
      boolean stopping,
      long running,
      long waiting,
      Optional<String> waitsFor,
      double limitFraction,
      long callsEnded,
      long throttled,
      OptionalLong avgLatencyMs,
      OptionalLong clockOffsetSeconds) {}

  /** Whether no new call starts on the route. */
  public boolean isHeld() {
    return hold.isPresent() && !hold.get().partial();
  }

  /**
   * Reads the routes of a response.
   *
   * @param name name of one route; empty for all
   * @throws CommandException if there is no route of this name; the message lists the routes
   */
  public static List<RouteSnapshot> of(JsonNode reply, Optional<String> name) {
    List<RouteSnapshot> all = reply.path("routes").valueStream().map(RouteSnapshot::of).toList();
    if (name.isEmpty()) {
      return all;
    }
    List<RouteSnapshot> matches =
        all.stream().filter(route -> route.name().equals(name.get())).toList();
    if (matches.isEmpty()) {
      throw CommandException.invalidInput(
          "unknown route '%s'; the routes are %s"
              .formatted(
                  name.get(), String.join(", ", all.stream().map(RouteSnapshot::name).toList())));
    }
    return matches;
  }

  static RouteSnapshot of(JsonNode json) {
    return new RouteSnapshot(
        json.path("name").asString(""),
        json.path("provider").asString(""),
        json.path("models").valueStream().map(model -> model.asString("")).toList(),
        json.path("concurrency").asLong(0),
        number(json, "fleet_concurrency"),
        json.path("workers").asLong(0),
        json.path("running").asLong(0),
        json.path("waiting").asLong(0),
        number(json, "queued"),
        number(json, "in_broker"),
        text(json, "waits_for"),
        Optional.of(json.path("hold"))
            .filter(JsonNode::isObject)
            .map(
                hold ->
                    new Hold(
                        hold.path("kind").asString(""),
                        hold.path("reason").asString(""),
                        hold.path("partial").asBoolean(false))),
        json.path("limits").valueStream().map(RouteSnapshot::limit).toList(),
        text(json, "limit_storage"),
        json.path("calls_ended").asLong(0),
        json.path("throttled").asLong(0),
        number(json, "avg_latency_ms"),
        number(json, "tokens_per_call"),
        json.path("per_worker").valueStream().map(RouteSnapshot::worker).toList(),
        json);
  }

  private static Limit limit(JsonNode json) {
    return new Limit(
        json.path("limit").asString(""),
        number(json, "per_minute"),
        json.path("source").asString(""),
        number(json, "target_per_minute"),
        number(json, "remaining"));
  }

  private static Worker worker(JsonNode json) {
    return new Worker(
        json.path("name").asString(""),
        json.path("stopping").asBoolean(false),
        json.path("running").asLong(0),
        json.path("waiting").asLong(0),
        text(json, "waits_for"),
        json.path("limit_fraction").asDouble(1),
        json.path("calls_ended").asLong(0),
        json.path("throttled").asLong(0),
        number(json, "avg_latency_ms"),
        number(json, "clock_offset_seconds"));
  }

  private static OptionalLong number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.of(json.path(name).asString("")).filter(value -> !value.isEmpty());
  }
}
