package dev.sluice.cli.command;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.route.RouteOverrideView;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice routes} and its subcommands. */
@Command(
    name = "routes",
    description = {
      "Show the state of the routes, their limits and holds; hold or release a route.",
      "A route is a provider endpoint, its key, and the models that share its limits."
    })
public final class RoutesCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(
      paramLabel = "ROUTE",
      arity = "0..1",
      description = "Name of a route to show in detail. Default: all routes.")
  private @Nullable String route;

  public RoutesCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    ApiResponse<RouteList> reply = invocation.client().routes().list();
    List<RouteStatus> routes = reply.value().routes();
    int columns = invocation.terminal().columns();
    if (route == null) {
      return invocation.print(reply.json(), () -> RouteOverview.lines(routes, columns));
    }
    List<String> names = routes.stream().map(RouteStatus::name).toList();
    int position = position(route, names);
    return invocation.print(
        reply.json().path("routes").path(position),
        () -> RouteDetail.lines(routes.get(position), columns));
  }

  /**
   * The position of a route.
   *
   * @throws CommandException if there is no route of this name; the message lists the routes
   */
  public static int position(String route, List<String> names) {
    if (!names.contains(route)) {
      throw CommandException.invalidInput(
          "unknown route '%s'; the routes are %s".formatted(route, String.join(", ", names)));
    }
    return names.indexOf(route);
  }

  @Command(
      name = "hold",
      description = {
        "Hold a route: running calls finish, no new call starts. Tasks and live calls wait, and no attempt is counted.",
        "To stop one batch only, use `pause`.",
        "Requires the administrator's key (sluice.api-key)."
      })
  int hold(
      @Parameters(paramLabel = "ROUTE", description = "Name of the route.") String name,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "Reason, shown while the route is held. Required.")
          String reason,
      @Option(
              names = "--minutes",
              paramLabel = "N",
              description = "Duration of the hold, in minutes. Default: until `routes release`.")
          @Nullable Long minutes) {
    ApiResponse<RouteOverrideView> changed =
        invocation.client().routes().hold(name, reason, minutes);
    RouteOverrideView.Hold hold = changed.value().hold();
    String command = invocation.terminal().command();
    return invocation.confirm(
        changed.json(),
        hold == null || hold.until() == null
            ? "Route %1$s is held. Release it: %2$s routes release %1$s".formatted(name, command)
            : "Route %s is held until %s."
                .formatted(name, TextTable.time(hold.until().getEpochSecond())));
  }

  @Command(
      name = "release",
      description = {
        "End all holds of a route, including those of single batches or callers.",
        "If the cause of a hold remains, the next failures hold the route again.",
        "Requires the administrator's key (sluice.api-key)."
      })
  int release(@Parameters(paramLabel = "ROUTE", description = "Name of the route.") String name) {
    return invocation.confirm(
        invocation.client().routes().release(name).json(), "Route %s is released.".formatted(name));
  }
}
