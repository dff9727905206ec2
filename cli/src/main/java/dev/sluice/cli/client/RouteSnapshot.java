package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A route as the producer tells it now.
 *
 * @param provider its host
 * @param concurrency calls that one worker runs at once
 * @param fleetConcurrency calls that all workers run at once; empty where nothing bounds them
 * @param workers how many take tasks
 * @param running calls with the provider
 * @param waiting tasks in a worker that wait for the right to make their call
 * @param queued tasks in the database; empty while it is away
 * @param inBroker tasks in the broker or with a worker; empty while the database is away
 * @param waitsFor a sentence; empty where nothing waits
 * @param callMs how long a call takes; empty before the first
 * @param json the whole route
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
    Optional<String> keptIn,
    long callsEnded,
    long throttled,
    OptionalLong callMs,
    OptionalLong tokensPerCall,
    List<Worker> perWorker,
    JsonNode json) {

  /** Why a route rests. */
  public record Hold(String kind, String reason) {}

  /**
   * What the provider allows.
   *
   * @param what {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute empty where it is not known
   * @param source {@code set}, {@code told}, {@code probed} or {@code none}
   * @param pacePerMinute how fast the workers go now; empty for as fast as they can
   * @param left empty where the provider does not say
   */
  public record Limit(
      String what,
      OptionalLong perMinute,
      String source,
      OptionalLong pacePerMinute,
      OptionalLong left) {

    /** As people write it: {@code input tokens}. */
    public String words() {
      return what.replace('_', ' ');
    }
  }

  /** One worker's part. */
  public record Worker(
      String name,
      boolean stopping,
      long running,
      long waiting,
      Optional<String> waitsFor,
      double share,
      long callsEnded,
      long throttled,
      OptionalLong callMs) {}

  /**
   * The routes of a reply: all, or the one of that name.
   *
   * @param name empty for all
   * @throws CommandException which names those that there are
   */
  public static List<RouteSnapshot> of(JsonNode reply, Optional<String> name) {
    List<RouteSnapshot> all = reply.path("routes").valueStream().map(RouteSnapshot::of).toList();
    if (name.isEmpty()) {
      return all;
    }
    List<RouteSnapshot> named = all.stream().filter(one -> one.name().equals(name.get())).toList();
    if (named.isEmpty()) {
      throw CommandException.badInput(
          "there is no route '%s'; there are %s"
              .formatted(
                  name.get(), String.join(", ", all.stream().map(RouteSnapshot::name).toList())));
    }
    return named;
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
                hold -> new Hold(hold.path("kind").asString(""), hold.path("reason").asString(""))),
        json.path("limits").valueStream().map(RouteSnapshot::limit).toList(),
        text(json, "kept_in"),
        json.path("calls_ended").asLong(0),
        json.path("throttled").asLong(0),
        number(json, "call_ms"),
        number(json, "tokens_per_call"),
        json.path("per_worker").valueStream().map(RouteSnapshot::worker).toList(),
        json);
  }

  private static Limit limit(JsonNode json) {
    return new Limit(
        json.path("what").asString(""),
        number(json, "per_minute"),
        json.path("source").asString(""),
        number(json, "pace_per_minute"),
        number(json, "left"));
  }

  private static Worker worker(JsonNode json) {
    return new Worker(
        json.path("name").asString(""),
        json.path("stopping").asBoolean(false),
        json.path("running").asLong(0),
        json.path("waiting").asLong(0),
        text(json, "waits_for"),
        json.path("share").asDouble(1),
        json.path("calls_ended").asLong(0),
        json.path("throttled").asLong(0),
        number(json, "call_ms"));
  }

  private static OptionalLong number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.of(json.path(name).asString("")).filter(value -> !value.isEmpty());
  }
}
