package dev.sluice.worker.limit;

import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.VirtualProvider.Answer;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.QuotaWait;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Sends calls through a route's state and buckets to a provider, in virtual time: repeatable, and
 * minutes take milliseconds. It does not include the queue of callers and its threads.
 */
final class VirtualRun {
  private static final long SECOND = 1_000_000_000L;
  private static final long RECHECK_INTERVAL = SECOND / 5;
  private static final int CONSUMERS = 32;
  private static final CallOrigin ORIGIN = new CallOrigin("task", "batch", Payload.empty());

  private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Random random = new Random(5);
  private final VirtualProvider provider;
  private final RouteState state;
  private final Buckets buckets;
  private final LimitKind kind;
  private final double latencySeconds;
  private long now = 40 * SECOND / 100; // not aligned with a second or a minute
  private long sequence;
  private int running;
  private Rates applied = Rates.UNLIMITED;
  private TokenCost cost = TokenCost.NONE;
  private long retryAfterUntil;

  /** The admitted amount of the limit: calls, or their tokens. */
  long admitted;

  int throttled;

  /** Calls that were sent within a known Retry-After delay. */
  int duringRetryAfter;

  VirtualRun(RouteSettings route, VirtualProvider provider, LimitKind kind, double latencySeconds) {
    this.kind = kind;
    this.provider = provider;
    this.latencySeconds = latencySeconds;
    this.state = new RouteState(route, AccountRates.of(route, now), PeerWorkers.NONE, random, now);
    this.buckets = Buckets.inMemory(clock());
    schedule(0, this::tryNext);
  }

  /** Advances the time. */
  void go(Duration time) {
    long end = now + time.toNanos();
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      now = event.at();
      event.action().run();
    }
    now = end;
  }

  long now() {
    return now;
  }

  /** Adds another client of the same key, with this number of calls per second. */
  void addOtherClient(double perSecond) {
    schedule(
        (long) (SECOND / perSecond),
        () -> {
          provider.onOtherClientsCall(now);
          addOtherClient(perSecond);
        });
  }

  /** The head of the queue tries to reserve its call. */
  private void tryNext() {
    if (state.holdState(ORIGIN, List.of(), now) instanceof HoldAdmission.Held held) {
      schedule(Math.max(1, held.until() - now), this::tryNext);
      return;
    }
    if (running >= CONSUMERS || state.reachedConcurrencyLimit(running, running, now) != null) {
      schedule(SECOND / 1000, this::tryNext);
      return;
    }
    QuotaWait quota = state.quotaWait(new EstimatedUsage(cost.input(), cost.output()), now);
    if (quota != null) {
      schedule(Math.min(quota.until() - now, RECHECK_INTERVAL), this::tryNext);
      return;
    }
    Rates rates = state.rates(now);
    if (rates.differsFrom(applied, 0.02)) {
      buckets.setRates(rates);
      applied = rates;
    }
    cost = nextCost();
    long delay = buckets.reserve(cost).nanos();
    awaitDelay(now + delay, delay);
  }

  /** Most texts are short; one in eight has 1,600 tokens. */
  private TokenCost nextCost() {
    return kind == LimitKind.REQUESTS
        ? TokenCost.NONE
        : new TokenCost(random.nextInt(8) == 0 ? 1_600 : 100 + random.nextInt(300), 250);
  }

  private void awaitDelay(long dueAt, long delay) {
    if (dueAt - now > RECHECK_INTERVAL) {
      schedule(RECHECK_INTERVAL, () -> recheck(dueAt, delay));
    } else {
      double lateMillis = delay == 0 ? 0 : random.nextInt(100) == 0 ? 15 : random.nextDouble();
      schedule(Math.max(0, dueAt - now) + (long) (lateMillis * 1e6), () -> send(lateMillis));
    }
  }

  private void recheck(long dueAt, long delay) {
    boolean faster = state.rates(now).of(kind).orElse(1e9) > 1.1 * applied.of(kind).orElse(1e9);
    if (faster || state.holdState(ORIGIN, List.of(), now) instanceof HoldAdmission.Held) {
      buckets.refund(cost, true);
      tryNext();
    } else {
      awaitDelay(dueAt, delay);
    }
  }

  private void send(double lateMillis) {
    if (state.holdState(ORIGIN, List.of(), now) instanceof HoldAdmission.Held) {
      buckets.refund(cost, true);
      tryNext();
      return;
    }
    if (applied.strictSpacing() && lateMillis > 4) {
      buckets.delayLaterCalls((lateMillis - 4) / 1e3 * applied.of(LimitKind.REQUESTS).orElse(0));
    }
    running++;
    InFlightCall call = state.startCall(ORIGIN, EstimatedUsage.NONE, cost, now);
    duringRetryAfter += now < retryAfterUntil ? 1 : 0;
    Answer answer = provider.call(kind, cost.amount(kind), now);
    if (answer.admitted()) {
      admitted += cost.amount(kind);
      long duration = (long) (latencySeconds * (0.5 + random.nextDouble()) * SECOND);
      schedule(duration, () -> end(call, new CallFeedback.Succeeded(null, answer.advertised())));
    } else {
      throttled++;
      long until = now + answer.retryAfter().toNanos();
      schedule(
          SECOND / 500,
          () -> {
            retryAfterUntil = Math.max(retryAfterUntil, until); // earlier calls could not know it
            end(call, new CallFeedback.Throttled(answer.retryAfter(), null, answer.advertised()));
          });
    }
    schedule(0, this::tryNext);
  }

  private void end(InFlightCall call, CallFeedback feedback) {
    running--;
    state.onCallEnded(call, feedback, null, now);
  }

  private void schedule(long delay, Runnable action) {
    events.add(new Event(now + delay, sequence++, action));
  }

  private TimeMeter clock() {
    return new TimeMeter() {
      @Override
      public long currentTimeNanos() {
        return now;
      }

      @Override
      public boolean isWallClockBased() {
        return false;
      }
    };
  }
}
