package dev.sluice.producer.feed;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.batch.BatchHalted;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.TasksEnded;
import dev.sluice.producer.loop.LoopNames;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
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
class Feed extends Looping {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final List<WorkLoop> loops;

  Feed(
      Routes routes,
      Backlog backlog,
      TaskPublisher publisher,
      HaltVoice voice,
      Recall recall,
      QueueLook look,
      TaskTraces traces,
      AmqpAdmin broker,
      PlatformTransactionManager transactions,
      MeterRegistry metrics) {
    this.loops =
        routes.all().stream()
            .map(
                route ->
                    WorkLoop.movingTasks(
                        LoopNames.feed(route.name()),
                        PAUSE,
                        new RouteFeeder(
                                route,
                                backlog,
                                publisher,
                                new RouteHalts(route.name(), backlog, voice, recall, transactions),
                                look,
                                traces,
                                broker,
                                transactions,
                                metrics)
                            ::round))
            .toList();
  }

  @EventListener({BatchStarted.class, BatchHalted.class, TasksEnded.class})
  void thereMayBeRoomOrWork() {
    wake();
  }

  @Override
  protected List<WorkLoop> loops() {
    return loops;
  }
}
