package dev.sluice.producer.live;

import dev.sluice.producer.route.report.RouteForecast.RouteAvailability;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bounded admission queue for the live calls of one route.
 *
 * <p>The broker's queue is FIFO, so it is kept short: at most two unclaimed tasks per worker. This
 * queue dispatches in the order of {@link LiveFairQueue}. A call whose client disconnects while it
 * is queued here is never sent.
 */
final class LiveAdmissionQueue {
  private static final int MAX_UNCLAIMED_PER_WORKER = 2;
  private static final long AVAILABILITY_TTL_NANOS = Duration.ofMillis(200).toNanos();

  private final String route;
  private final Function<String, RouteAvailability> forecast;
  private final LiveSettings settings;
  private final KeyLimiter limiter;
  private final LiveFairQueue queued = new LiveFairQueue();
  private @Nullable RouteAvailability availability;
  private long availabilityAt;
  private long lastRetryAt = System.nanoTime();
  private int waiting;
  private long waitingBytes;
  private int unclaimed;
  private boolean closed;

  /**
   * @param limiter shared by the queues of all routes
   */
  LiveAdmissionQueue(
      String route,
      Function<String, RouteAvailability> forecast,
      LiveSettings settings,
      KeyLimiter limiter) {
    this.route = route;
    this.forecast = forecast;
    this.settings = settings;
    this.limiter = limiter;
  }

  /**
   * Queues a call. The call receives {@link LiveCall.Event.Dispatched} when it may be sent.
   *
   * @throws ApiException 429 if the queue is full, or the reason why no call can succeed now
   */
  synchronized void enqueue(LiveCall call) {
    checkOpen(call);
    long bytes = call.task().body().size();
    if (waiting >= settings.maxWaitingCalls()
        || (waiting > 0 && waitingBytes + bytes > settings.maxWaitingBytes().toBytes())) {
      throw ApiException.tooManyRequests(
          "Route %s has %d waiting calls of %d bytes; the maxima are %d calls (sluice.live.max-waiting-calls) and %d bytes (sluice.live.max-waiting-bytes). Retry after the time in Retry-After."
              .formatted(
                  route,
                  waiting,
                  waitingBytes,
                  settings.maxWaitingCalls(),
                  settings.maxWaitingBytes().toBytes()),
          retryAfter());
    }
    waiting++;
    waitingBytes += bytes;
    queued.add(call);
    dispatch();
  }

  /**
   * Checks that a call can be accepted.
   *
   * @throws ApiException 503 if this producer is shutting down; 429 or 503 if the route or the
   *     call's source is on a hold that only an operator can end
   */
  synchronized void checkOpen(LiveCall call) {
    if (closed) {
      throw LiveErrors.shuttingDown();
    }
    availability()
        .hold()
        .filter(hold -> hold.holds(call::source))
        .ifPresent(
            hold -> {
              throw LiveErrors.routeHeld(route, hold);
            });
  }

  /** Rejects new calls, and queued calls that no worker has claimed. */
  synchronized void close() {
    closed = true;
  }

  /** Makes room for the next call when a worker has claimed this one. */
  synchronized void onClaimed(LiveCall call) {
    unclaimed--;
    waiting--;
    waitingBytes -= call.task().body().size();
    dispatch();
  }

  /** Removes a call that has ended for any reason. */
  synchronized void remove(LiveCall call) {
    boolean wasQueued = queued.remove(call);
    if (!wasQueued) {
      limiter.release(call.caller());
    }
    if (!call.isClaimed()) {
      waiting--;
      waitingBytes -= call.task().body().size();
      unclaimed -= wasQueued ? 0 : 1;
    }
    dispatch();
  }

  /** Dispatches calls while workers have room. Call it regularly: key rates depend on time. */
  synchronized void dispatch() {
    long max = MAX_UNCLAIMED_PER_WORKER * Math.max(1, availability().workers());
    for (LiveCall next = unclaimed < max ? next() : null;
        next != null;
        next = unclaimed < max ? next() : null) {
      unclaimed++;
      next.dispatch();
    }
  }

  synchronized int waiting() {
    return waiting;
  }

  private @Nullable LiveCall next() {
    long now = System.nanoTime();
    return queued.poll(caller -> limiter.tryAcquire(caller, now));
  }

  /** Each rejected caller gets a different Retry-After, so that retries do not arrive together. */
  private Duration retryAfter() {
    long now = System.nanoTime();
    long interval = (long) (1e9 / availability().callsPerSecond());
    lastRetryAt = Math.max(lastRetryAt, now) + interval;
    return Duration.ofNanos(lastRetryAt - now);
  }

  private RouteAvailability availability() {
    long now = System.nanoTime();
    RouteAvailability cached = availability;
    if (cached == null || now - availabilityAt > AVAILABILITY_TTL_NANOS) {
      cached = forecast.apply(route);
      availability = cached;
      availabilityAt = now;
    }
    return cached;
  }
}
