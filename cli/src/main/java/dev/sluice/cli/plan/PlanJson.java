package dev.sluice.cli.plan;

import dev.sluice.cli.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Plans, for programs. */
final class PlanJson {
  private PlanJson() {}

  static JsonNode of(List<Plan> plans) {
    ObjectNode all = Json.object();
    ArrayNode list = all.putArray("plans");
    plans.forEach(plan -> list.add(of(plan)));
    return all;
  }

  private static ObjectNode of(Plan plan) {
    ObjectNode json = Json.object().put("route", plan.route().name());
    ArrayNode limits = json.putArray("limits");
    for (Bound bound : plan.bounds()) {
      ObjectNode limit = limits.addObject().put("what", bound.what());
      put(limit, "per_minute", bound.perMinute());
      limit.put("source", bound.source());
      put(limit, "per_call", bound.perCall());
      put(limit, "calls_per_minute", bound.callsPerMinute());
    }
    json.put("binds", plan.binding().map(Bound::what).orElse(null));
    put(json, "call_ms", plan.route().callMs());
    put(json, "calls_in_flight", plan.callsInFlight());
    json.put("concurrency", plan.route().concurrency());
    json.put("workers", plan.route().workers());
    put(json, "workers_to_saturate", plan.workersToSaturate());
    put(json, "backlog", plan.backlog());
    put(json, "now", plan.now());
    put(json, "saturated", plan.saturated());
    ArrayNode notes = json.putArray("notes");
    plan.notes().forEach(notes::add);
    return json;
  }

  private static void put(ObjectNode json, String name, Optional<Plan.Outlook> outlook) {
    if (outlook.isEmpty()) {
      json.putNull(name);
      return;
    }
    ObjectNode object = json.putObject(name);
    put(object, "workers", outlook.get().workers());
    put(object, "calls_per_minute", OptionalDouble.of(outlook.get().callsPerMinute()));
    object.put("seconds", outlook.get().done().map(done -> (Long) done.toSeconds()).orElse(null));
  }

  private static void put(ObjectNode json, String name, OptionalLong number) {
    json.put(name, number.isPresent() ? (Long) number.getAsLong() : null);
  }

  /** To a thousandth. */
  private static void put(ObjectNode json, String name, OptionalDouble number) {
    json.put(
        name,
        number.isPresent() ? (Double) (Math.round(number.getAsDouble() * 1000) / 1000.0) : null);
  }
}
