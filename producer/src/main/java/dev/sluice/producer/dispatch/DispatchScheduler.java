package dev.sluice.producer.dispatch;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.TasksFinished;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Runs a dispatcher per route, each on its own thread; new tasks or free capacity wake it. */
@Component
class DispatchScheduler extends BackgroundTask {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  /** Another producer that dies leaves tasks without an event in this one. */
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(2);

  private static final long CAPACITY_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

  private final AtomicLong lastCapacityWake =
      new AtomicLong(System.nanoTime() - CAPACITY_INTERVAL_NANOS);
  private final List<BackgroundLoop> loops;

  DispatchScheduler(
      Routes routes,
      DispatchBacklogs backlogs,
      RoutePublisher.Factory publishers,
      RouteSuspensions.Factory suspensions,
      Leases leases,
      AmqpAdmin broker) {
    this.loops =
        routes.all().stream()
            .map(
                route ->
                    loop(
                        route.name(),
                        new RouteDispatcher(
                            route,
                            backlogs,
                            publishers.of(route.name()),
                            publishers.lost(route.name()),
                            suspensions.of(route.name()),
                            leases,
                            broker)))
            .toList();
  }

  private static BackgroundLoop loop(String route, RouteDispatcher dispatcher) {
    return BackgroundLoop.movingTasks(LoopNames.dispatch(route), POLL_INTERVAL, dispatcher::round)
        .backingOff(IDLE_INTERVAL, dispatcher::isIdle);
  }

  @EventListener({BatchStarted.class, BatchSuspended.class})
  void onTasks() {
    wake();
  }

  /** Outcomes arrive all the time while a route is busy, and its queue has work for seconds. */
  @EventListener(TasksFinished.class)
  void onCapacity() {
    long now = System.nanoTime();
    long last = lastCapacityWake.get();
    if (now - last >= CAPACITY_INTERVAL_NANOS && lastCapacityWake.compareAndSet(last, now)) {
      wake();
    }
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return loops;
  }
}
