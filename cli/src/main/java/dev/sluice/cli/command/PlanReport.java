package dev.sluice.cli.command;

import dev.sluice.cli.command.CapacityPlan.Constraint;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Formats a capacity plan for the terminal. */
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
    keyValueLayout.addAll(
        "Limits", capacityPlan.constraints().stream().map(this::constraint).toList());
    rate();
    if (capacityPlan.callsInFlight().isPresent()) {
      keyValueLayout.add(
          "In flight",
          "%s at %s per call"
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

  private void rate() {
    if (capacityPlan.binding().isPresent()) {
      Constraint constraint = capacityPlan.binding().get();
      keyValueLayout.add(
          "Max rate",
          "%s, limited by %s"
              .formatted(calls(constraint.callsPerMinute().getAsDouble()), constraint.label()));
    } else if (capacityPlan.now().isPresent()) {
      keyValueLayout.add(
          "Rate",
          "%s: capacity of the current workers at %s per call"
              .formatted(
                  calls(capacityPlan.now().get().callsPerMinute()),
                  HumanFormat.latency(capacityPlan.avgLatencyMs().getAsLong())));
    }
  }

  private String constraint(Constraint constraint) {
    String limit = limit(constraint);
    if (constraint.callsPerMinute().isEmpty()) {
      return limit + ": rate unknown";
    }
    if (constraint.limit().equals("requests")) {
      return limit;
    }
    String calls = limit + ": " + calls(constraint.callsPerMinute().getAsDouble());
    return constraint.perCall().isPresent()
        ? "%s at %s %s per call"
            .formatted(
                calls, HumanFormat.count(constraint.perCall().getAsLong()), constraint.label())
        : calls;
  }

  private String limit(Constraint constraint) {
    String limit =
        constraint.perMinute().isPresent()
            ? HumanFormat.count(constraint.perMinute().getAsLong())
                + " "
                + constraint.label()
                + " per minute"
            : HumanFormat.count(capacityPlan.fleetConcurrency().orElse(0), "concurrent call")
                + " in the fleet";
    return "%s (%s)".formatted(limit, constraint.source());
  }

  private String workers() {
    String running = HumanFormat.count(capacityPlan.workers()) + " running";
    OptionalLong needed = capacityPlan.workersToSaturate();
    return needed.isEmpty()
        ? running
        : "%s needed at %s each, %s"
            .formatted(
                HumanFormat.count(needed.getAsLong()),
                HumanFormat.count(capacityPlan.concurrency(), "call"),
                running);
  }

  /** Only one line if more workers would not help. */
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
    String workers =
        forecast.workers().isPresent()
            ? "with " + HumanFormat.count(forecast.workers().getAsLong(), "worker")
            : "with enough workers";
    return "%s %s (%s)"
        .formatted(
            HumanFormat.duration(Duration.ofSeconds(forecast.seconds().orElseThrow())),
            workers,
            calls(forecast.callsPerMinute()));
  }

  private static String calls(double perMinute) {
    return HumanFormat.rate(perMinute) + " calls per minute";
  }
}
