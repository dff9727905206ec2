package dev.sluice.cli.plan;

import dev.sluice.cli.layout.KeyValueLayout;
import dev.sluice.cli.plan.CapacityPlan.Constraint;
import dev.sluice.cli.progress.HumanFormat;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** A plan, for people. */
final class PlanReport {
  private final CapacityPlan plan;
  private final KeyValueLayout labels;

  private PlanReport(CapacityPlan plan, int columns) {
    this.plan = plan;
    this.labels = new KeyValueLayout(columns);
  }

  static List<String> lines(CapacityPlan plan, int columns) {
    PlanReport report = new PlanReport(plan, columns);
    report.write();
    return report.labels.lines();
  }

  private void write() {
    labels.add("Route", plan.route());
    labels.addAll("Limits", plan.bounds().stream().map(this::bound).toList());
    goesAt();
    if (plan.callsInFlight().isPresent()) {
      labels.add(
          "In flight",
          "%s for that, since one takes %s"
              .formatted(
                  HumanFormat.count((long) Math.ceil(plan.callsInFlight().getAsDouble()), "call"),
                  HumanFormat.latency(plan.callMs().getAsLong())));
    }
    labels.add("Workers", workers());
    if (plan.backlog().isPresent()) {
      labels.add("Backlog", HumanFormat.count(plan.backlog().getAsLong(), "task"));
      if (plan.backlog().getAsLong() > 0) {
        times();
      }
    }
    labels.addAll("Mind", plan.notes());
  }

  private void goesAt() {
    if (plan.binding().isPresent()) {
      Constraint bound = plan.binding().get();
      labels.add(
          "Goes at",
          "%s at most: %s bind%s"
              .formatted(
                  calls(bound.callsPerMinute().getAsDouble()),
                  bound.words(),
                  bound.words().endsWith("s") ? "" : "s"));
    } else if (plan.now().isPresent()) {
      labels.add(
          "Goes at",
          "%s: as many as these workers can, since one takes %s"
              .formatted(
                  calls(plan.now().get().callsPerMinute()),
                  HumanFormat.latency(plan.callMs().getAsLong())));
    }
  }

  private String bound(Constraint bound) {
    String allowed = allowed(bound);
    if (bound.callsPerMinute().isEmpty()) {
      return allowed + ": calls a minute not known";
    }
    if (bound.what().equals("requests")) {
      return allowed;
    }
    String calls = allowed + ": " + calls(bound.callsPerMinute().getAsDouble());
    return bound.perCall().isPresent()
        ? calls + ", each " + HumanFormat.count(bound.perCall().getAsLong())
        : calls;
  }

  private String allowed(Constraint bound) {
    String allowed =
        bound.perMinute().isPresent()
            ? HumanFormat.count(bound.perMinute().getAsLong()) + " " + bound.words() + " a minute"
            : HumanFormat.count(plan.fleetConcurrency().orElse(0), "call")
                + " at once in the fleet";
    return "%s (%s)".formatted(allowed, bound.source());
  }

  private String workers() {
    long there = plan.workers();
    String are = "%s %s there".formatted(HumanFormat.count(there), there == 1 ? "is" : "are");
    OptionalLong needed = plan.workersToSaturate();
    if (needed.isEmpty()) {
      return are;
    }
    String each = "with %s each".formatted(HumanFormat.count(plan.concurrency(), "call"));
    return "%s saturate%s it, %s; %s"
        .formatted(
            HumanFormat.count(needed.getAsLong()), needed.getAsLong() == 1 ? "s" : "", each, are);
  }

  /** One line where more workers change nothing. */
  private void times() {
    String label = "Done in";
    if (plan.now().isPresent()) {
      labels.add(label, time(plan.now().get()));
      label = "";
    }
    if (plan.saturated().isPresent() && !(plan.now().isPresent() && plan.isSaturated())) {
      labels.add(label, time(plan.saturated().get()));
    }
  }

  private static String time(CapacityPlan.Forecast outlook) {
    String who =
        outlook.workers().isPresent()
            ? "with " + HumanFormat.count(outlook.workers().getAsLong(), "worker")
            : "with enough workers";
    return "%s %s (%s)"
        .formatted(
            HumanFormat.duration(Duration.ofSeconds(outlook.seconds().orElseThrow())),
            who,
            calls(outlook.callsPerMinute()));
  }

  private static String calls(double perMinute) {
    return HumanFormat.rate(perMinute) + " calls a minute";
  }
}
