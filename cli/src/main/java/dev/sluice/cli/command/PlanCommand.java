package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice plan}. */
@Command(
    name = "plan",
    description =
        "Estimate the workers needed for the full rate limit, and when the backlog (the queued tasks, and those in the broker) is done.")
public final class PlanCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(
      paramLabel = "ROUTE",
      arity = "0..1",
      description = "Name of a route. Default: all routes.")
  private @Nullable String route;

  @Option(
      names = "--backlog",
      paramLabel = "N",
      description = "Number of tasks to plan for. Default: the current backlog of the route.")
  private @Nullable Long backlog;

  public PlanCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (backlog != null && backlog < 0) {
      throw CommandException.usageError("--backlog (%d) must be at least 0".formatted(backlog));
    }
    List<JsonNode> plans = plans();
    if (invocation.json()) {
      ObjectNode all = JsonValues.object();
      all.putArray("plans").addAll(plans);
      invocation.print(all);
    } else {
      print(plans.stream().map(CapacityPlan::of).toList());
    }
    return ExitCode.SUCCESS.code();
  }

  private List<JsonNode> plans() throws InterruptedException {
    List<JsonNode> all = invocation.client().plans().path("plans").valueStream().toList();
    List<String> names = all.stream().map(plan -> plan.path("route").asString("")).toList();
    if (route != null && !names.contains(route)) {
      throw CommandException.invalidInput(
          "unknown route '%s'; the routes are %s".formatted(route, String.join(", ", names)));
    }
    List<String> selected = route == null ? names : List.of(route);
    if (backlog == null) {
      return all.stream()
          .filter(plan -> selected.contains(plan.path("route").asString("")))
          .toList();
    }
    if (selected.size() != 1) {
      throw CommandException.usageError(
          "--backlog requires one route: %s".formatted(String.join(" or ", selected)));
    }
    return List.of(invocation.client().plan(selected.getFirst(), backlog));
  }

  private void print(List<CapacityPlan> plans) {
    int columns = invocation.terminal().columns();
    for (int i = 0; i < plans.size(); i++) {
      if (i > 0) {
        invocation.terminal().out().println();
      }
      PlanReport.lines(plans.get(i), columns).forEach(invocation.terminal().out()::println);
    }
  }
}
