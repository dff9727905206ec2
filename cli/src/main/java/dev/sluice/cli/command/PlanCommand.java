package dev.sluice.cli.command;

import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RoutePlans;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice plan}. */
@Command(
    name = "plan",
    description =
        "Estimate the workers needed for the full rate limit, and when the backlog (the queued tasks, and those in the broker) is finished.")
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
    ApiResponse<RoutePlans> all = invocation.client().routes().plans();
    List<String> names = all.value().plans().stream().map(RoutePlan::route).toList();
    if (route != null) {
      RoutesCommand.position(route, names);
    }
    List<String> selected = route == null ? names : List.of(route);
    List<ApiResponse<RoutePlan>> plans =
        backlog == null ? among(all, selected) : withBacklog(selected);
    ObjectNode json = JsonValues.object();
    json.putArray("plans").addAll(plans.stream().map(ApiResponse::json).toList());
    return invocation.print(json, () -> lines(plans));
  }

  private static List<ApiResponse<RoutePlan>> among(
      ApiResponse<RoutePlans> all, List<String> routes) {
    List<ApiResponse<RoutePlan>> plans = new ArrayList<>();
    for (int at = 0; at < all.value().plans().size(); at++) {
      RoutePlan plan = all.value().plans().get(at);
      if (routes.contains(plan.route())) {
        plans.add(new ApiResponse<>(all.json().path("plans").path(at), plan));
      }
    }
    return plans;
  }

  private List<ApiResponse<RoutePlan>> withBacklog(List<String> routes)
      throws InterruptedException {
    if (routes.size() != 1) {
      throw CommandException.usageError(
          "--backlog requires one route: %s".formatted(String.join(" or ", routes)));
    }
    return List.of(
        invocation.client().routes().plan(routes.getFirst(), Objects.requireNonNull(backlog)));
  }

  private List<String> lines(List<ApiResponse<RoutePlan>> plans) {
    List<String> lines = new ArrayList<>();
    for (ApiResponse<RoutePlan> plan : plans) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(PlanReport.lines(plan.value(), invocation.terminal().columns()));
    }
    return lines;
  }
}
