package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.WorkerReport;
import java.time.Duration;
import java.util.Collection;
import org.springframework.amqp.core.Message;

/** Reports the state of this worker to the producers. */
final class WorkerReporter {
  /** An idle worker reports in every fifth round. */
  private static final int IDLE_ROUNDS = 5;

  private static final int MAX_MISSED_REPORTS = 3;

  private final String worker;
  private final Collection<LocalRoute> routes;
  private final FleetPublisher publisher;
  private final Duration validFor;
  private volatile boolean stopping;

  /**
   * @param interval the interval of the rounds
   */
  WorkerReporter(
      String worker, Collection<LocalRoute> routes, FleetPublisher publisher, Duration interval) {
    this.worker = worker;
    this.routes = routes;
    this.publisher = publisher;
    this.validFor = interval.multipliedBy(MAX_MISSED_REPORTS);
  }

  /** Reports, if the worker is not idle or the round is due for an idle one. */
  void reportIfDue(int round) {
    boolean idle = routes.stream().allMatch(local -> local.limiter().isIdle());
    if (!idle || round % IDLE_ROUNDS == 0) {
      publisher.publish(
          FleetTopics.REPORT, report(idle ? validFor.multipliedBy(IDLE_ROUNDS) : validFor));
    }
  }

  /** Reports after all earlier announcements, without blocking the caller. */
  void announce() {
    publisher.announce(FleetTopics.REPORT, () -> report(validFor));
  }

  /** Reports that this worker takes no more tasks. */
  void stopping() {
    stopping = true;
    publisher.publish(FleetTopics.REPORT, report(validFor));
  }

  private Message report(Duration validity) {
    return FleetCodec.write(
        new WorkerReport(
            worker,
            validity.toMillis(),
            stopping,
            routes.stream()
                .map(
                    local ->
                        RouteReportMapper.of(
                            local.route().name(),
                            local.route().concurrency(),
                            local.limiter().status(),
                            local.tiers().get()))
                .toList()));
  }
}
