package dev.sluice.producer.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The metrics of the feed of one route. */
final class FeedMetrics {
  private final Counter published;
  private final Timer publishTimer;
  private volatile Backlog.RouteBacklog backlog =
      new Backlog.RouteBacklog(0, 0, BrokerSpace.unshared(0, 0), false, false, false);

  FeedMetrics(String route, MeterRegistry metrics) {
    this.published = metrics.counter("sluice.feed.tasks", "route", route);
    this.publishTimer = metrics.timer("sluice.feed.publish", "route", route);
    Gauge.builder("sluice.feed.in.broker", this, feed -> feed.backlog.inBroker())
        .description("Tasks of the route in the broker or in a worker, at the feed's last check")
        .tag("route", route)
        .register(metrics);
    Gauge.builder("sluice.feed.queued", this, feed -> feed.backlog.queued())
        .description("Tasks of the route that were queued in PostgreSQL at the feed's last check")
        .tag("route", route)
        .register(metrics);
  }

  void loaded(Backlog.RouteBacklog now) {
    backlog = now;
  }

  /** Counts confirmed tasks. */
  void published(int tasks) {
    published.increment(tasks);
  }

  Timer publishTimer() {
    return publishTimer;
  }
}
