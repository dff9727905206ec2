package dev.sluice.producer.live;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.route.Routes;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.Caller;
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
  private final Calls calls;
  private final Doors doors;
  private final TaskSender sender;
  private final Steps steps;
  private final ErrorWriter errors;
  private final NoArgGenerator ids;
  private final TaskTraces traces;
  private final Clock clock;
  private final AtomicLong unread = new AtomicLong();

  LiveController(
      Routes routes,
      LiveSettings settings,
      Calls calls,
      Doors doors,
      TaskSender sender,
      Steps steps,
      ErrorWriter errors,
      NoArgGenerator ids,
      TaskTraces traces,
      Clock clock) {
    this.routes = routes;
    this.settings = settings;
    this.calls = calls;
    this.doors = doors;
    this.sender = sender;
    this.steps = steps;
    this.errors = errors;
    this.ids = ids;
    this.traces = traces;
    this.clock = clock;
  }

  @PostMapping({"/v1/chat/completions", "/v1/responses", "/v1/embeddings"})
  void call(Caller caller, HttpServletRequest in, HttpServletResponse out)
      throws IOException, InterruptedException {
    LiveRequest request = LiveRequest.read(in, routes, settings);
    Call call =
        new Call(
            task(request),
            caller,
            steps.name(request.step()),
            unread,
            settings.unreadBytes().toBytes());
    // For all that is logged of this request: its thread is virtual and ends with it.
    MDC.put("task", call.task().ids().taskId());
    MDC.put("route", call.route());
    Door door = doors.of(call.route());
    try (Steps.Counted counted = steps.count(call)) {
      door.enter(call);
      calls.add(call);
      Exchange exchange =
          new Exchange(call, door, sender, new CallersEnd(in, out, errors), counted);
      try {
        long giveUp = System.nanoTime() + request.timeout().toNanos();
        Duration longest = request.route().provider().callTimeout().plus(GRACE);
        exchange.run(giveUp, giveUp + longest.toNanos());
      } finally {
        calls.remove(call, exchange.isAtWorkers());
        door.leave(call);
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
        .answeredTo(sender.ownQueue(), request.trimTo());
  }
}
