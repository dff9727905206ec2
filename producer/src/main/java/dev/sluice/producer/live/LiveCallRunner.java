package dev.sluice.producer.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.producer.batch.cost.LiveSpending;
import dev.sluice.producer.history.HourlyCounts;
import dev.sluice.producer.history.HourlyHistory;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Runs live calls from their admission to the last byte, and counts their cost. */
@Component
class LiveCallRunner {
  private static final Duration STREAM_GRACE = Duration.ofMinutes(1);

  private final LiveCallRegistry calls;
  private final LiveAdmission admission;
  private final LiveTaskPublisher publisher;
  private final StepStats stepStats;
  private final LiveSpending spending;
  private final HourlyHistory history;

  LiveCallRunner(
      LiveCallRegistry calls,
      LiveAdmission admission,
      LiveTaskPublisher publisher,
      StepStats stepStats,
      LiveSpending spending,
      HourlyHistory history) {
    this.calls = calls;
    this.admission = admission;
    this.publisher = publisher;
    this.stepStats = stepStats;
    this.spending = spending;
    this.history = history;
  }

  /**
   * Runs a call on the thread of its request.
   *
   * @throws dev.sluice.producer.web.ApiException the error to return in place of a reply
   */
  void run(LiveCall call, LiveRequest request, LiveHttpResponse response)
      throws IOException, InterruptedException {
    LiveAdmissionQueue queue = admission.of(call.route());
    try (StepStats.CountedCall countedCall = stepStats.count(call)) {
      queue.enqueue(call);
      calls.add(call);
      LiveCallHandler handler = new LiveCallHandler(call, queue, publisher, response, countedCall);
      try {
        long replyDeadline = System.nanoTime() + request.timeout().toNanos();
        Duration maxStreamTime = request.route().provider().callTimeout().plus(STREAM_GRACE);
        handler.run(replyDeadline, replyDeadline + maxStreamTime.toNanos());
      } finally {
        calls.remove(call, handler.isWithWorkers());
        queue.remove(call);
        count(call, request, handler);
        if (call.caller().limits().concurrency() > 0) {
          admission.dispatch();
        }
      }
    }
  }

  private void count(LiveCall call, LiveRequest request, LiveCallHandler handler) {
    CallStats stats = handler.stats();
    if (stats != null) {
      spending.add(call.caller(), call.step(), call.route(), request.model(), stats.usage());
      history.add(Map.of(call.route(), HourlyCounts.ofLiveCall(stats, handler.succeeded())));
    }
  }
}
