package dev.sluice.producer.dispatch;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.BrokerRoomFreed;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopNames;
import dev.sluice.producer.trace.TaskTraces;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;

/** Feeds every route, each on a thread of its own, woken by new work and by room in the broker. */
@Component
class FeedScheduler extends BackgroundTask {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final List<BackgroundLoop> loops;

  FeedScheduler(
      Routes routes,
      Backlog backlog,
      TaskPublisher publisher,
      SuspensionPublisher voice,
      QueueWithdrawal queueWithdrawal,
      QueueInspector look,
      TaskTraces traces,
      AmqpAdmin broker,
      PlatformTransactionManager transactions,
      MeterRegistry metrics) {
    this.loops =
        routes.all().stream()
            .map(
                route ->
                    BackgroundLoop.movingTasks(
                        LoopNames.feed(route.name()),
                        PAUSE,
                        new RouteFeeder(
                                route,
                                backlog,
                                publisher,
                                new RouteSuspensions(
                                    route.name(), backlog, voice, queueWithdrawal, transactions),
                                look,
                                traces,
                                broker,
                                transactions,
                                metrics)
                            ::round))
            .toList();
  }

  @EventListener({BatchStarted.class, BatchSuspended.class, BrokerRoomFreed.class})
  void thereMayBeRoomOrWork() {
    wake();
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return loops;
  }
}
