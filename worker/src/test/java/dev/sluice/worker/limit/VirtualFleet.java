package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several workers call a provider in virtual time until all tasks are done. They share no storage:
 * each has its limit fraction. Their messages to each other take some milliseconds.
 */
final class VirtualFleet {
  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;

  /** One way to the provider. */
  static final long NETWORK_LATENCY = MILLISECOND;

  private static final double MIN_MESSAGE_MILLIS = 2;
  private static final double MAX_MESSAGE_MILLIS = 10;

  private static final long STRAY_RETRY_AFTER = SECOND;

  /** A delay that a worker has received. */
  private record RetryAfter(long until, long knownToAllAt) {}

  private final VirtualEvents events;
  private final Random random;
  private final TwoLimitProvider provider;
  private final TokenCharge charge;
  private final boolean advertises;
  private final List<VirtualWorker> workers = new ArrayList<>();
  private final Deque<VirtualTask> backlog;
  private final Deque<RetryAfter> retryAfters = new ArrayDeque<>();
  private double strayFraction;

  /** Times of the admissions in nanoseconds. */
  final List<Long> admissions = new ArrayList<>();

  int throttled;

  /** Calls that were sent within a Retry-After delay that any worker had received. */
  int duringRetryAfter;

  /** Those of them that were sent after the message about it had reached every worker. */
  int afterMessage;

  /** Calls in flight when the first 429 was received. */
  int inFlightAtFirstThrottle;

  private int inFlight;

  long lastEnd;

  /**
   * @param advertises whether replies advertise the limits; otherwise only a 429 has a Retry-After
   */
  VirtualFleet(
      TwoLimitProvider provider,
      TokenCharge charge,
      boolean advertises,
      List<VirtualTask> tasks,
      VirtualEvents events,
      Random random) {
    this.provider = provider;
    this.charge = charge;
    this.advertises = advertises;
    this.backlog = new ArrayDeque<>(tasks);
    this.events = events;
    this.random = random;
  }

  /**
   * Runs all tasks.
   *
   * @param trace receives a line in each second of virtual time
   */
  void run(RouteSettings route, int workerCount, Consumer<String> trace) {
    for (int i = 0; i < workerCount; i++) {
      Peers peers = new Peers(i, 1.0 / workerCount);
      workers.add(new VirtualWorker(this, route, peers, events, random));
    }
    workers.forEach(worker -> events.after(0, worker::proceed));
    long traced = events.nanos();
    while (events.runNext()) {
      if (events.nanos() - traced >= SECOND) {
        traced = events.nanos();
        trace.accept(describe(traced));
      }
    }
  }

  private String describe(long now) {
    return "%7.1f s: %d admitted, %d rejected, %s"
        .formatted(
            (double) now / SECOND,
            admissions.size(),
            throttled,
            workers.getFirst().state.limits(now));
  }

  /** The provider rejects this fraction of the calls although quota is left. */
  void rejectStray(double fraction) {
    strayFraction = fraction;
  }

  TokenCharge charge() {
    return charge;
  }

  @Nullable VirtualTask nextTask() {
    return backlog.poll();
  }

  void send(VirtualTask task, Consumer<CallFeedback> onEnd) {
    long now = events.nanos();
    retryAfters.removeIf(wait -> wait.until() <= now);
    duringRetryAfter += retryAfters.isEmpty() ? 0 : 1;
    afterMessage += retryAfters.stream().anyMatch(wait -> now > wait.knownToAllAt()) ? 1 : 0;
    inFlight++;
    events.after(NETWORK_LATENCY, () -> onArrival(task, onEnd));
  }

  private void onArrival(VirtualTask task, Consumer<CallFeedback> onEnd) {
    long now = events.nanos();
    boolean isStray = strayFraction > 0 && random.nextDouble() < strayFraction;
    long wait = isStray ? STRAY_RETRY_AFTER : provider.admit(task, now);
    AdvertisedLimits advertised = advertised();
    if (wait > 0) {
      inFlightAtFirstThrottle = throttled == 0 ? inFlight : inFlightAtFirstThrottle;
      throttled++;
      Duration retryAfter = Duration.ofNanos(wait);
      LimitKind exceeded = advertises && !isStray ? provider.exceeded(task, now) : null;
      events.after(
          NETWORK_LATENCY,
          () -> {
            inFlight--;
            if (isStray) {
              events.after(wait, () -> retry(task));
            } else {
              retryAfters.add(
                  new RetryAfter(
                      now + wait, events.nanos() + (long) (MAX_MESSAGE_MILLIS * MILLISECOND)));
              backlog.addFirst(task);
            }
            onEnd.accept(new CallFeedback.Throttled(retryAfter, exceeded, advertised));
          });
      return;
    }
    admissions.add(now);
    events.after(
        task.latency(),
        () -> {
          provider.onEnd(task, events.nanos());
          AdvertisedLimits latest =
              charge == TokenCharge.COUNTED_AFTERWARDS ? advertised() : advertised;
          inFlight--;
          lastEnd = events.nanos();
          onEnd.accept(new CallFeedback.Succeeded(task.used(), latest));
        });
  }

  private void retry(VirtualTask task) {
    backlog.addFirst(task);
    workers.forEach(VirtualWorker::proceed);
  }

  private AdvertisedLimits advertised() {
    return advertises ? provider.advertised(events.nanos()) : AdvertisedLimits.UNKNOWN;
  }

  /** Delivers the announcements of one worker to the others. */
  private final class Peers implements PeerWorkers {
    private final int own;
    private final double limitFraction;

    Peers(int own, double limitFraction) {
      this.own = own;
      this.limitFraction = limitFraction;
    }

    @Override
    public double limitFraction() {
      return limitFraction;
    }

    @Override
    public void announce(HoldAnnouncement announcement) {
      toOthers(state -> state.onPeerAnnouncement(announcement, events.nanos()));
    }

    @Override
    public void announceLivePriority(TokenCost cost) {
      throw new IllegalStateException("there are no live calls");
    }

    private void toOthers(Consumer<RouteState> message) {
      double millis =
          MIN_MESSAGE_MILLIS + random.nextDouble() * (MAX_MESSAGE_MILLIS - MIN_MESSAGE_MILLIS);
      for (int i = 0; i < workers.size(); i++) {
        VirtualWorker worker = workers.get(i);
        if (i != own) {
          events.after(
              (long) (millis * MILLISECOND),
              () -> {
                message.accept(worker.state);
                worker.proceed();
              });
        }
      }
    }
  }
}
