package dev.sluice.cli.routes;

import dev.sluice.cli.client.RouteSnapshot;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice routes}. */
@Command(name = "routes", description = "Show the state of the routes, their limits and holds.")
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
}
