package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.RouteSnapshot;
import dev.sluice.cli.terminal.ExitCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

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
    JsonNode reply = invocation.client().routes();
    List<RouteSnapshot> routes = RouteSnapshot.of(reply, Optional.ofNullable(route));
    if (invocation.json()) {
      invocation.print(route == null ? reply : routes.getFirst().json());
    } else {
      int columns = invocation.terminal().columns();
      List<String> lines =
          route == null
              ? RouteOverview.lines(routes, columns)
              : RouteDetail.lines(routes.getFirst(), columns);
      lines.forEach(invocation.terminal().out()::println);
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(
      name = "hold",
      description = {
        "Hold a route: running calls finish, no new call starts. Tasks and live calls wait, and no attempt is counted.",
        "To stop one batch only, use `pause`. Requires the administrator's key (sluice.api-key)."
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
              description = "Duration of the hold. Default: until `routes release`.")
          @Nullable Long minutes) {
    JsonNode changed = invocation.client().routeOverrides().hold(name, reason, minutes);
    String until = changed.path("hold").path("until").asString("");
    String command = invocation.terminal().command();
    return report(
        changed,
        until.isEmpty()
            ? "Route %1$s is held. Release it: %2$s routes release %1$s".formatted(name, command)
            : "Route %s is held until %s.".formatted(name, until));
  }

  @Command(
      name = "release",
      description = {
        "End the hold of a route, of any kind, also those of single batches or callers.",
        "If the cause of a hold remains, the next failures hold the route again. Requires the administrator's key (sluice.api-key)."
      })
  int release(@Parameters(paramLabel = "ROUTE", description = "Name of the route.") String name) {
    return report(
        invocation.client().routeOverrides().release(name),
        "Route %s is released.".formatted(name));
  }

  private int report(JsonNode changed, String message) {
    if (invocation.json()) {
      invocation.print(changed);
    } else {
      invocation.terminal().message(message);
    }
    return ExitCode.SUCCESS.code();
  }
}
