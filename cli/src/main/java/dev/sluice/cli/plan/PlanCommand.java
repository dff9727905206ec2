package dev.sluice.cli.plan;

import dev.sluice.cli.client.RouteState;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Stop;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice plan}. */
@Command(
    name = "plan",
    description = "How many workers use a route's whole allowance, and when its backlog is done.")
public final class PlanCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(paramLabel = "ROUTE", arity = "0..1", description = "One route (all).")
  private @Nullable String route;

  @Option(
      names = "--backlog",
      paramLabel = "N",
      description = "Count with so many tasks (those that wait).")
  private @Nullable Long backlog;

  public PlanCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (backlog != null && backlog < 0) {
      throw Stop.wrongUsage("--backlog (%d) is below 0".formatted(backlog));
    }
    List<RouteState> routes =
        RouteState.of(invocation.client().routes(), Optional.ofNullable(route));
    if (backlog != null && routes.size() > 1) {
      throw Stop.wrongUsage(
          "--backlog is for one route: name it, %s"
              .formatted(String.join(" or ", routes.stream().map(RouteState::name).toList())));
    }
    OptionalLong given = backlog == null ? OptionalLong.empty() : OptionalLong.of(backlog);
    List<Plan> plans = routes.stream().map(one -> Plan.of(one, given)).toList();
    if (invocation.json()) {
      invocation.print(PlanJson.of(plans));
    } else {
      print(plans);
    }
    return ExitCode.DONE.code();
  }

  private void print(List<Plan> plans) {
    int columns = invocation.terminal().columns();
    for (int i = 0; i < plans.size(); i++) {
      if (i > 0) {
        invocation.terminal().out().println();
      }
      PlanReport.lines(plans.get(i), columns).forEach(invocation.terminal().out()::println);
    }
  }
}
