package dev.sluice.producer.live;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.cost.LiveSpending;
import dev.sluice.producer.infrastructure.trace.TaskTraces;
import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's endpoints for chat completions, responses and embeddings. */
@RestController
class LiveController {
  private static final Duration STREAM_GRACE = Duration.ofMinutes(1);

  private final Routes routes;
  private final LiveSettings settings;
  private final LiveCallRegistry calls;
  private final LiveAdmission liveAdmission;
  private final LiveTaskPublisher publisher;
  private final StepStats stepStats;
  private final LiveSpending spending;
  private final ErrorWriter errors;
  private final NoArgGenerator ids;
  private final TaskTraces traces;
  private final Clock clock;
  private final AtomicLong unreadBytes = new AtomicLong();

  LiveController(
      Routes routes,
      LiveSettings settings,
      LiveCallRegistry calls,
      LiveAdmission liveAdmission,
      LiveTaskPublisher publisher,
      StepStats stepStats,
      LiveSpending spending,
      ErrorWriter errors,
      NoArgGenerator ids,
      TaskTraces traces,
      Clock clock) {
    this.routes = routes;
    this.settings = settings;
    this.calls = calls;
    this.liveAdmission = liveAdmission;
    this.publisher = publisher;
    this.stepStats = stepStats;
    this.spending = spending;
    this.errors = errors;
    this.ids = ids;
    this.traces = traces;
    this.clock = clock;
  }

  @PostMapping({"/v1/chat/completions", "/v1/responses", "/v1/embeddings"})
  void call(AuthenticatedCaller caller, HttpServletRequest in, HttpServletResponse out)
      throws IOException, InterruptedException {
    spending.check(caller.project());
    LiveRequest request = LiveRequest.read(in, routes, settings);
    LiveCall call =
        new LiveCall(
            task(request).withSource(HeldSource.ofKey(caller.key())),
            caller,
            stepStats.name(caller.project(), request.step()),
            unreadBytes,
            settings.maxUnreadBytes().toBytes());
    // Never removed from the MDC: the virtual thread ends with the request.
    MDC.put("task", call.task().ids().taskId());
    MDC.put("route", call.route());
    LiveAdmissionQueue queue = liveAdmission.of(call.route());
    try (StepStats.CountedCall countedCall = stepStats.count(call)) {
      queue.enqueue(call);
      calls.add(call);
      LiveCallHandler handler =
          new LiveCallHandler(
              call, queue, publisher, new LiveHttpResponse(in, out, errors), countedCall);
      try {
        long replyDeadline = System.nanoTime() + request.timeout().toNanos();
        Duration maxStreamTime = request.route().provider().callTimeout().plus(STREAM_GRACE);
        handler.run(replyDeadline, replyDeadline + maxStreamTime.toNanos());
      } finally {
        calls.remove(call, handler.isWithWorkers());
        queue.remove(call);
        count(caller.project(), request, handler.stats());
        if (caller.limits().concurrency() > 0) {
          liveAdmission.dispatch();
        }
      }
    }
  }

  private void count(Project project, LiveRequest request, @Nullable CallStats stats) {
    if (stats != null) {
      spending.add(
          project,
          request.route().name(),
          request.model(),
          stats.promptTokens(),
          stats.completionTokens());
    }
  }

  private TaskMessage task(LiveRequest request) {
    String id = ids.generate().toString();
    Instant now = clock.instant();
    String current = traces.currentTraceparent();
    TaskIds taskIds =
        new TaskIds(
            id,
            null,
            request.endpoint(),
            request.route().name(),
            Lane.LIVE,
            id,
            current == null ? request.traceparent() : current);
    return TaskMessage.first(taskIds, now, now.plus(request.timeout()), request.body())
        .withReplyTo(publisher.replyQueue(), request.trimTo());
  }
}
