package dev.sluice.cli.mcp;

import static dev.sluice.cli.mcp.ToolParameter.id;
import static dev.sluice.cli.mcp.ToolParameter.optional;
import static dev.sluice.cli.mcp.ToolParameter.required;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.route.RouteOverrideView;
import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RoutePlans;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.RoutesApi;
import dev.sluice.cli.command.PlanReport;
import dev.sluice.cli.command.RouteDetail;
import dev.sluice.cli.command.RouteOverview;
import dev.sluice.cli.command.RoutesCommand;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tools for routes, their holds and capacity plans. */
final class RouteTools {
  private static final int COLUMNS = Integer.MAX_VALUE;
  private static final String PER_WORKER = "per_worker";
  private static final long MAX_MINUTES = 525_600;
  private static final ToolParameter ROUTE =
      id("route", "Name of a route; list_routes returns the names.");

  private final RoutesApi routes;

  RouteTools(RoutesApi routes) {
    this.routes = routes;
  }

  List<Tool> tools() {
    return List.of(
        new Tool(
            "list_routes",
            "List routes",
            "All routes (a provider endpoint, its key, and the models that share its limits): running and waiting calls, rate limits, what limits the rate, and holds with their reasons.",
            Tool.Effect.READ,
            List.of(),
            arguments -> list()),
        new Tool(
            "get_route",
            "Get a route",
            "One route in detail, with its limits, hold and each of its workers.",
            Tool.Effect.READ,
            List.of(ROUTE),
            arguments -> route(arguments.text("route"))),
        new Tool(
            "plan_workers",
            "Plan workers",
            "How many workers a route can use, what limits its rate, and when its backlog is finished. Without 'route', the plans of all routes.",
            Tool.Effect.READ,
            List.of(
                optional("route", ROUTE.type(), ROUTE.description()),
                optional(
                    "backlog",
                    new ParameterType.WholeNumber(0, 1_000_000_000),
                    "Number of tasks to plan for, with 'route'. Default: the current backlog.")),
            this::plan),
        new Tool(
            "hold_route",
            "Hold a route",
            "Starts no new call on a route, for all batches and live callers, until release_route or for some minutes. Running calls finish, and no attempt is counted. Requires the administrator's key. To stop one batch only, use pause_batch.",
            Tool.Effect.DESTRUCTIVE_CHANGE,
            List.of(
                ROUTE,
                required(
                    "reason",
                    new ParameterType.Text(500),
                    "Why the route is held. It is shown while the route is held."),
                optional(
                    "minutes",
                    new ParameterType.WholeNumber(1, MAX_MINUTES),
                    "Duration of the hold. Without it, until release_route.")),
            this::hold),
        new Tool(
            "release_route",
            "Release a route",
            "Ends the hold of a route, of any kind. If its cause remains, the next failures hold the route again. Requires the administrator's key.",
            Tool.Effect.CHANGE,
            List.of(ROUTE),
            arguments -> release(arguments.text("route"))));
  }

  /** The workers are omitted: there may be a hundred of them. */
  private ToolAnswer list() throws InterruptedException {
    ApiResponse<RouteList> reply = routes.list();
    for (JsonNode route : reply.json().path("routes")) {
      if (route instanceof ObjectNode object) {
        object.remove(PER_WORKER);
      }
    }
    return new ToolAnswer(
        RouteOverview.lines(reply.value().routes(), COLUMNS),
        reply.json(),
        "Call get_route for one route.");
  }

  private ToolAnswer route(String name) throws InterruptedException {
    ApiResponse<RouteList> reply = routes.list();
    List<RouteStatus> all = reply.value().routes();
    int position = RoutesCommand.position(name, all.stream().map(RouteStatus::name).toList());
    return new ToolAnswer(
        RouteDetail.lines(all.get(position), COLUMNS),
        reply.json().path("routes").path(position),
        "All of it: sluice routes %s --json".formatted(name));
  }

  private ToolAnswer plan(ToolArguments arguments) throws InterruptedException {
    String more = "Call it with 'route' for one route.";
    if (arguments.has("backlog")) {
      ApiResponse<RoutePlan> plan =
          routes.plan(routeOfBacklog(arguments), arguments.number("backlog"));
      return new ToolAnswer(PlanReport.lines(plan.value(), COLUMNS), plan.json(), more);
    }
    ApiResponse<RoutePlans> reply = routes.plans();
    List<RoutePlan> plans = reply.value().plans();
    if (arguments.has("route")) {
      List<String> names = plans.stream().map(RoutePlan::route).toList();
      int position = RoutesCommand.position(arguments.text("route"), names);
      return new ToolAnswer(
          PlanReport.lines(plans.get(position), COLUMNS),
          reply.json().path("plans").path(position),
          more);
    }
    List<String> lines = new ArrayList<>();
    plans.forEach(plan -> lines.addAll(PlanReport.lines(plan, COLUMNS)));
    return new ToolAnswer(lines, reply.json(), more);
  }

  private static String routeOfBacklog(ToolArguments arguments) {
    return arguments
        .find("route")
        .orElseThrow(
            () ->
                CommandException.invalidInput(
                    "'backlog' (%d) requires 'route': set the name of one route."
                        .formatted(arguments.number("backlog"))));
  }

  private ToolAnswer hold(ToolArguments arguments) {
    String name = arguments.text("route");
    @Nullable Long minutes = arguments.has("minutes") ? arguments.number("minutes") : null;
    ApiResponse<RouteOverrideView> reply = routes.hold(name, arguments.text("reason"), minutes);
    RouteOverrideView.Hold hold = reply.value().hold();
    return ToolAnswer.of(
        hold == null || hold.until() == null
            ? "Route %s is held until release_route.".formatted(name)
            : "Route %s is held until %s."
                .formatted(name, TextTable.time(hold.until().getEpochSecond())),
        reply.json(),
        "Call get_route.");
  }

  private ToolAnswer release(String name) {
    return ToolAnswer.of(
        "Route %s is released.".formatted(name), routes.release(name).json(), "Call get_route.");
  }
}
