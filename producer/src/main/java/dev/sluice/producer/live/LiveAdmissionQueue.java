package dev.sluice.producer.live;

import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.report.RouteForecast.RouteAvailability;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the live calls of one route wait for their turn. The queue of the broker serves in the
 * order of arrival, so it is kept short: two tasks for each worker, and the next ones are taken in
 * turn over the keys, and over the steps of a key. Who hangs up here was never sent.
 */
final class LiveAdmissionQueue {
  private static final int AHEAD_PER_WORKER = 2;
  private static final long OUTLOOK_NANOS = Duration.ofMillis(200).toNanos();

  private final String route;
  private final Function<String, RouteAvailability> outlooks;
  private final LiveSettings settings;
  private final Map<String, KeyQueue> keys = new LinkedHashMap<>();
  private @Nullable RouteAvailability routeAvailability;
  private long outlookAt;
  private long refusedUntil = System.nanoTime();
  private int waiting;
  private long waitingBytes;
  private int ahead;
  private boolean closing;

  LiveAdmissionQueue(
      String route, Function<String, RouteAvailability> outlooks, LiveSettings settings) {
    this.route = route;
    this.outlooks = outlooks;
    this.settings = settings;
  }

  /** The calls of one key. */
  private static final class KeyQueue {
    private final Map<String, Deque<LiveCall>> steps = new LinkedHashMap<>();
    private KeyLimits share = KeyLimits.ALL;
    private int inHand;
    private long nextAt = System.nanoTime();

    boolean mayGo(long now) {
      return !steps.isEmpty()
          && (share.concurrency() == 0 || inHand < share.concurrency())
          && (share.requestsPerMinute() == 0 || now - nextAt >= 0);
    }

    /** In turn over the steps. */
    LiveCall take(long now) {
      Map.Entry<String, Deque<LiveCall>> step = steps.entrySet().iterator().next();
      Deque<LiveCall> line = step.getValue();
      LiveCall call = line.removeFirst();
      steps.remove(step.getKey());
      if (!line.isEmpty()) {
        steps.put(step.getKey(), line);
      }
      inHand++;
      if (share.requestsPerMinute() > 0) {
        long apart = Duration.ofMinutes(1).toNanos() / share.requestsPerMinute();
        nextAt = Math.max(nextAt + apart, now + apart / 2);
      }
      return call;
    }

    boolean remove(LiveCall call) {
      Deque<LiveCall> line = steps.get(call.step());
      if (line == null || !line.remove(call)) {
        return false;
      }
      if (line.isEmpty()) {
        steps.remove(call.step());
      }
      return true;
    }

    boolean isIdle(long now) {
      return steps.isEmpty() && inHand == 0 && now - nextAt >= 0;
    }
  }

  /**
   * A call comes; it gets its turn as an event.
   *
   * @throws ApiException where too many wait, or where no call can succeed now
   */
  synchronized void enqueue(LiveCall call) {
    checkOpen();
    long bytes = call.task().body().size();
    if (waiting >= settings.waiting()
        || (waiting > 0 && waitingBytes + bytes > settings.waitingBytes().toBytes())) {
      throw ApiException.tooManyRequests(
          "Too many callers wait for route %s already (%d). Come again in the time that Retry-After says."
              .formatted(route, waiting),
          retryAfter());
    }
    waiting++;
    waitingBytes += bytes;
    KeyQueue line = keys.computeIfAbsent(call.caller().key(), key -> new KeyQueue());
    line.share = call.caller().share();
    line.steps.computeIfAbsent(call.step(), step -> new ArrayDeque<>()).addLast(call);
    dispatch();
  }

  /**
   * Throws where no call can succeed before a person does something.
   *
   * @throws ApiException saying why
   */
  synchronized void checkOpen() {
    if (closing) {
      throw LiveErrors.stopping();
    }
    outlook()
        .closed()
        .ifPresent(
            heldRoute -> {
              throw LiveErrors.of(route, heldRoute);
            });
  }

  /** Whom no worker has taken is sent away, from now on. */
  synchronized void close() {
    closing = true;
  }

  /** A worker has it. */
  synchronized void claimed(LiveCall call) {
    ahead--;
    waiting--;
    waitingBytes -= call.task().body().size();
    dispatch();
  }

  /** It has ended, however that came. */
  synchronized void remove(LiveCall call) {
    KeyQueue line = keys.get(call.caller().key());
    if (line == null) {
      return;
    }
    boolean inLine = line.remove(call);
    if (!inLine) {
      line.inHand--;
    }
    if (!call.isClaimed()) {
      waiting--;
      waitingBytes -= call.task().body().size();
      ahead -= inLine ? 0 : 1;
    }
    dispatch();
  }

  /** Time has passed: a key that has its calls so many a minute may have another one. */
  synchronized void dispatch() {
    long most = AHEAD_PER_WORKER * Math.max(1, outlook().workers());
    for (LiveCall next = ahead < most ? next() : null;
        next != null;
        next = ahead < most ? next() : null) {
      ahead++;
      next.turn();
    }
  }

  synchronized int waiting() {
    return waiting;
  }

  /** In turn over the keys: the one that is taken from goes to the end. */
  private @Nullable LiveCall next() {
    long now = System.nanoTime();
    for (Iterator<Map.Entry<String, KeyQueue>> all = keys.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, KeyQueue> entry = all.next();
      KeyQueue line = entry.getValue();
      if (line.mayGo(now)) {
        LiveCall call = line.take(now);
        all.remove();
        keys.put(entry.getKey(), line);
        return call;
      }
      if (line.isIdle(now)) {
        all.remove();
      }
    }
    return null;
  }

  /** Places become free one after the other, and each who is refused is told one of his own. */
  private Duration retryAfter() {
    long now = System.nanoTime();
    long each = (long) (1e9 / outlook().perSecond());
    refusedUntil = Math.max(refusedUntil, now) + each;
    return Duration.ofNanos(refusedUntil - now);
  }

  private RouteAvailability outlook() {
    long now = System.nanoTime();
    RouteAvailability known = routeAvailability;
    if (known == null || now - outlookAt > OUTLOOK_NANOS) {
      known = outlooks.apply(route);
      routeAvailability = known;
      outlookAt = now;
    }
    return known;
  }
}
