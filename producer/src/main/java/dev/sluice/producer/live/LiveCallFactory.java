package dev.sluice.producer.live;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.infrastructure.trace.TaskTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Reads the requests of live callers, and creates a call and its task for each. */
@Component
class LiveCallFactory {
  private final Routes routes;
  private final LiveSettings settings;
  private final LiveTaskPublisher publisher;
  private final StepStats stepStats;
  private final NoArgGenerator ids;
  private final TaskTraces traces;
  private final Clock clock;
  private final AtomicLong unreadBytes = new AtomicLong();

  LiveCallFactory(
      Routes routes,
      LiveSettings settings,
      LiveTaskPublisher publisher,
      StepStats stepStats,
      NoArgGenerator ids,
      TaskTraces traces,
      Clock clock) {
    this.routes = routes;
    this.settings = settings;
    this.publisher = publisher;
    this.stepStats = stepStats;
    this.ids = ids;
    this.traces = traces;
    this.clock = clock;
  }

  /**
   * Reads a request.
   *
   * @throws dev.sluice.producer.web.ApiException 400 if it is invalid
   */
  LiveRequest read(HttpServletRequest in) throws IOException {
    return LiveRequest.read(in, routes, settings);
  }

  LiveCall create(LiveRequest request, AuthenticatedCaller caller) {
    return new LiveCall(
        task(request)
            .withSource(HeldSource.ofKey(caller.key()))
            .withProject(caller.project().name())
            .withRequestHeaders(request.headers()),
        caller,
        stepStats.name(caller.project(), request.step()),
        unreadBytes,
        settings.maxUnreadBytes().toBytes());
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
