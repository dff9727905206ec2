package dev.sluice.producer.live;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.route.Routes;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.error.ErrorWriter;
import dev.sluice.producer.trace.TaskTraces;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.MDC;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's endpoints whose callers wait for the answer. */
@RestController
class LiveController {
  private static final Duration GRACE = Duration.ofMinutes(1);

  private final Routes routes;
  private final LiveSettings settings;
  private final LiveCallRegistry calls;
  private final LiveAdmission liveAdmission;
  private final LiveTaskPublisher sender;
  private final StepStats stepStats;
  private final ErrorWriter errors;
  private final NoArgGenerator ids;
  private final TaskTraces traces;
  private final Clock clock;
  private final AtomicLong unread = new AtomicLong();

  LiveController(
      Routes routes,
      LiveSettings settings,
      LiveCallRegistry calls,
      LiveAdmission liveAdmission,
      LiveTaskPublisher sender,
      StepStats stepStats,
      ErrorWriter errors,
      NoArgGenerator ids,
      TaskTraces traces,
      Clock clock) {
    this.routes = routes;
    this.settings = settings;
    this.calls = calls;
    this.liveAdmission = liveAdmission;
    this.sender = sender;
    this.stepStats = stepStats;
    this.errors = errors;
    this.ids = ids;
    this.traces = traces;
    this.clock = clock;
  }

  @PostMapping({"/v1/chat/completions", "/v1/responses", "/v1/embeddings"})
  void call(AuthenticatedCaller caller, HttpServletRequest in, HttpServletResponse out)
      throws IOException, InterruptedException {
    LiveRequest request = LiveRequest.read(in, routes, settings);
    LiveCall call =
        new LiveCall(
            task(request),
            caller,
            stepStats.name(request.step()),
            unread,
            settings.maxUnreadBytes().toBytes());
    // For all that is logged of this request: its thread is virtual and ends with it.
    MDC.put("task", call.task().ids().taskId());
    MDC.put("route", call.route());
    LiveAdmissionQueue liveAdmissionQueue = liveAdmission.of(call.route());
    try (StepStats.CountedCall countedCall = stepStats.count(call)) {
      liveAdmissionQueue.enqueue(call);
      calls.add(call);
      LiveCallHandler liveCallHandler =
          new LiveCallHandler(
              call, liveAdmissionQueue, sender, new LiveHttpResponse(in, out, errors), countedCall);
      try {
        long giveUp = System.nanoTime() + request.timeout().toNanos();
        Duration longest = request.route().provider().callTimeout().plus(GRACE);
        liveCallHandler.run(giveUp, giveUp + longest.toNanos());
      } finally {
        calls.remove(call, liveCallHandler.isAtWorkers());
        liveAdmissionQueue.remove(call);
      }
    }
  }

  private TaskMessage task(LiveRequest request) {
    String id = ids.generate().toString();
    Instant now = clock.instant();
    String current = traces.current();
    TaskIds names =
        new TaskIds(
            id,
            null,
            request.endpoint(),
            request.route().name(),
            Lane.LIVE,
            id,
            current == null ? request.traceparent() : current);
    return TaskMessage.first(names, now, now.plus(request.timeout()), request.body())
        .withReplyTo(sender.ownQueue(), request.trimTo());
  }
}
