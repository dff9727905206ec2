package dev.sluice.cli.command;

import dev.sluice.api.route.RateConstraint;
import dev.sluice.api.route.RoutePlan;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.KeyValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Formats a capacity plan for the terminal. */
public final class PlanReport {
  private final RoutePlan plan;
  private final KeyValueLayout keyValueLayout;

  private PlanReport(RoutePlan plan, int columns) {
    this.plan = plan;
    this.keyValueLayout = new KeyValueLayout(columns);
  }

  /**
   * The plan with its notes.
   *
   * @param columns maximum width of a line
   */
  public static List<String> lines(RoutePlan plan, int columns) {
    PlanReport report = new PlanReport(plan, columns);
    report.write();
    return report.keyValueLayout.lines();
  }

  private void write() {
    keyValueLayout.add("Route", plan.route());
    keyValueLayout.addAll("Limits", plan.limits().stream().map(this::constraint).toList());
    rate();
    if (plan.callsInFlight() != null) {
      keyValueLayout.add(
          "In flight",
          "%s at %s per call"
              .formatted(
                  HumanFormat.count((long) Math.ceil(plan.callsInFlight()), "call"), latency()));
    }
    keyValueLayout.add("Workers", workers());
    if (plan.backlog() != null) {
      keyValueLayout.add("Backlog", HumanFormat.count(plan.backlog(), "task"));
      if (plan.backlog() > 0) {
        times();
      }
    }
    keyValueLayout.addAll("Notes", plan.notes());
  }

  private void rate() {
    Optional<RateConstraint> binding =
        plan.limits().stream()
            .filter(limit -> limit.limit().equals(plan.bindingLimit()))
            .findFirst();
    if (binding.isPresent()) {
      keyValueLayout.add(
          "Max rate",
          "%s, limited by %s"
              .formatted(calls(binding.get().callsPerMinute()), binding.get().readableName()));
    } else if (plan.now() != null) {
      keyValueLayout.add(
          "Rate",
          "%s: capacity of the current workers at %s per call"
              .formatted(calls(plan.now().callsPerMinute()), latency()));
    }
  }

  private String latency() {
    return plan.avgLatencyMs() == null ? "?" : HumanFormat.latency(plan.avgLatencyMs());
  }

  private String constraint(RateConstraint constraint) {
    String limit = limit(constraint);
    if (constraint.callsPerMinute() == null) {
      return limit + ": rate unknown";
    }
    if (constraint.limit().equals("requests")) {
      return limit;
    }
    String calls = limit + ": " + calls(constraint.callsPerMinute());
    return constraint.perCall() == null
        ? calls
        : "%s at %s %s per call"
            .formatted(calls, HumanFormat.count(constraint.perCall()), constraint.readableName());
  }

  private String limit(RateConstraint constraint) {
    Integer fleet = plan.fleetConcurrency();
    String limit =
        constraint.perMinute() == null
            ? HumanFormat.count(fleet == null ? 0 : fleet, "concurrent call") + " of all workers"
            : HumanFormat.count(constraint.perMinute())
                + " "
                + constraint.readableName()
                + " per minute";
    return "%s (%s)".formatted(limit, constraint.source());
  }

  private String workers() {
    String running = HumanFormat.count(plan.workers()) + " running";
    return plan.workersToSaturate() == null
        ? running
        : "%s needed at %s each, %s"
            .formatted(
                HumanFormat.count(plan.workersToSaturate()),
                HumanFormat.count(plan.concurrency(), "call"),
                running);
  }

  /** Only one line if more workers would not help. */
  private void times() {
    String label = "Time left";
    if (plan.now() != null) {
      keyValueLayout.add(label, time(plan.now()));
      label = "";
    }
    boolean enough = plan.workersToSaturate() != null && plan.workers() >= plan.workersToSaturate();
    if (plan.saturated() != null && !(plan.now() != null && enough)) {
      keyValueLayout.add(label, time(plan.saturated()));
    }
  }

  private static String time(RoutePlan.Forecast forecast) {
    Long seconds = forecast.secondsLeft();
    return "%s %s (%s)"
        .formatted(
            seconds == null ? "?" : HumanFormat.duration(Duration.ofSeconds(seconds)),
            forecast.workers() == null
                ? "with enough workers"
                : "with " + HumanFormat.count(forecast.workers(), "worker"),
            calls(forecast.callsPerMinute()));
  }

  private static String calls(@Nullable Double perMinute) {
    return (perMinute == null ? "?" : HumanFormat.rate(perMinute)) + " calls per minute";
  }
}
