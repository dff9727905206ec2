package dev.sluice.cli.plan;

import dev.sluice.cli.layout.KeyValueLayout;
import dev.sluice.cli.plan.CapacityPlan.Constraint;
import dev.sluice.cli.progress.HumanFormat;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** A plan, for people. */
final class PlanReport {
  private final CapacityPlan capacityPlan;
  private final KeyValueLayout keyValueLayout;

  private PlanReport(CapacityPlan capacityPlan, int columns) {
    this.capacityPlan = capacityPlan;
    this.keyValueLayout = new KeyValueLayout(columns);
  }

  static List<String> lines(CapacityPlan capacityPlan, int columns) {
    PlanReport report = new PlanReport(capacityPlan, columns);
    report.write();
    return report.keyValueLayout.lines();
  }

  private void write() {
    keyValueLayout.add("Route", capacityPlan.route());
    keyValueLayout.addAll("Limits", capacityPlan.bounds().stream().map(this::bound).toList());
    goesAt();
    if (capacityPlan.callsInFlight().isPresent()) {
      keyValueLayout.add(
          "In flight",
          "%s for that, since one takes %s"
              .formatted(
                  HumanFormat.count(
                      (long) Math.ceil(capacityPlan.callsInFlight().getAsDouble()), "call"),
                  HumanFormat.latency(capacityPlan.avgLatencyMs().getAsLong())));
    }
    keyValueLayout.add("Workers", workers());
    if (capacityPlan.backlog().isPresent()) {
      keyValueLayout.add("Backlog", HumanFormat.count(capacityPlan.backlog().getAsLong(), "task"));
      if (capacityPlan.backlog().getAsLong() > 0) {
        times();
      }
    }
    keyValueLayout.addAll("Notes", capacityPlan.notes());
  }

  private void goesAt() {
    if (capacityPlan.binding().isPresent()) {
      Constraint constraint = capacityPlan.binding().get();
      keyValueLayout.add(
          "Max rate",
          "%s, limited by %s"
              .formatted(calls(constraint.callsPerMinute().getAsDouble()), constraint.words()));
    } else if (capacityPlan.now().isPresent()) {
      keyValueLayout.add(
          "Rate",
          "%s: as many as these workers can, since one takes %s"
              .formatted(
                  calls(capacityPlan.now().get().callsPerMinute()),
                  HumanFormat.latency(capacityPlan.avgLatencyMs().getAsLong())));
    }
  }

  private String bound(Constraint constraint) {
    String allowed = allowed(constraint);
    if (constraint.callsPerMinute().isEmpty()) {
      return allowed + ": calls a minute not known";
    }
    if (constraint.limit().equals("requests")) {
      return allowed;
    }
    String calls = allowed + ": " + calls(constraint.callsPerMinute().getAsDouble());
    return constraint.perCall().isPresent()
        ? calls + ", each " + HumanFormat.count(constraint.perCall().getAsLong())
        : calls;
  }

  private String allowed(Constraint constraint) {
    String allowed =
        constraint.perMinute().isPresent()
            ? HumanFormat.count(constraint.perMinute().getAsLong())
                + " "
                + constraint.words()
                + " a minute"
            : HumanFormat.count(capacityPlan.fleetConcurrency().orElse(0), "call")
                + " at once in the fleet";
    return "%s (%s)".formatted(allowed, constraint.source());
  }

  private String workers() {
    long there = capacityPlan.workers();
    String are = "%s %s there".formatted(HumanFormat.count(there), there == 1 ? "is" : "are");
    OptionalLong needed = capacityPlan.workersToSaturate();
    if (needed.isEmpty()) {
      return are;
    }
    String each = "with %s each".formatted(HumanFormat.count(capacityPlan.concurrency(), "call"));
    return "%s saturate%s it, %s; %s"
        .formatted(
            HumanFormat.count(needed.getAsLong()), needed.getAsLong() == 1 ? "s" : "", each, are);
  }

  /** One line where more workers change nothing. */
  private void times() {
    String label = "Done in";
    if (capacityPlan.now().isPresent()) {
      keyValueLayout.add(label, time(capacityPlan.now().get()));
      label = "";
    }
    if (capacityPlan.saturated().isPresent()
        && !(capacityPlan.now().isPresent() && capacityPlan.isSaturated())) {
      keyValueLayout.add(label, time(capacityPlan.saturated().get()));
    }
  }

  private static String time(CapacityPlan.Forecast forecast) {
    String who =
        forecast.workers().isPresent()
            ? "with " + HumanFormat.count(forecast.workers().getAsLong(), "worker")
            : "with enough workers";
    return "%s %s (%s)"
        .formatted(
            HumanFormat.duration(Duration.ofSeconds(forecast.seconds().orElseThrow())),
            who,
            calls(forecast.callsPerMinute()));
  }

  private static String calls(double perMinute) {
    return HumanFormat.rate(perMinute) + " calls a minute";
  }
}
