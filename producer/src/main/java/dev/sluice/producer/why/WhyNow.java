package dev.sluice.producer.why;

import dev.sluice.producer.batch.Shares;
import dev.sluice.producer.fleet.RouteBoard;
import dev.sluice.producer.fleet.RouteView;
import dev.sluice.producer.loop.LoopWatchdog;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Puts together what is to be known of the routes and the batches at this moment. */
@Component
public class WhyNow {
  private final RouteBoard routes;
  private final Shares shares;
  private final LoopWatchdog watchdog;

  WhyNow(RouteBoard routes, Shares shares, LoopWatchdog watchdog) {
    this.routes = routes;
    this.shares = shares;
    this.watchdog = watchdog;
  }

  /** With the routes as they stand now. */
  public Why look() {
    return look(routes.now().routes());
  }

  /** With routes that were looked at already. */
  public Why look(List<RouteView> views) {
    return new Why(
        views.stream().collect(Collectors.toMap(RouteView::name, Function.identity())),
        shares.open().stream()
            .map(
                open ->
                    new ShareNow(
                        open.batch(),
                        open.route(),
                        open.queued(),
                        open.submitted(),
                        open.priority(),
                        open.running()))
            .toList(),
        watchdog.stalled().stream()
            .collect(
                Collectors.toMap(
                    LoopWatchdog.Stalled::loop, LoopWatchdog.Stalled::withoutProgress)));
  }
}
