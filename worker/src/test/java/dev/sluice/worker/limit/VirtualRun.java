package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.limit.VirtualProvider.Answer;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Calls that a route's state and buckets let through to a provider, in virtual time: minutes in
 * milliseconds, the same each time. The callers' queue and its threads are left out.
 */
final class VirtualRun {
  private static final long SECOND = 1_000_000_000L;
  private static final long LOOK_AGAIN = SECOND / 5;
  private static final int CONSUMERS = 32;

  /** Something that happens at a time. */
  private record Event(long at, long nth, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(nth, other.nth);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Random random = new Random(5);
  private final VirtualProvider provider;
  private final RouteState state;
  private final Buckets buckets;
  private final LimitKind what;
  private final double latencySeconds;
  private long now = 40 * SECOND / 100; // somewhere within a second and a minute
  private long nth;
  private int running;
  private Rates paced = Rates.UNBOUNDED;
  private TokenCost cost = TokenCost.OF_A_REQUEST;
  private long toldToWaitUntil;

  /** What was let in of the limit: calls, or their tokens. */
  long letIn;

  int refused;
  int insideToldWait;

  VirtualRun(RouteSettings route, VirtualProvider provider, LimitKind what, double latencySeconds) {
    this.what = what;
    this.provider = provider;
    this.latencySeconds = latencySeconds;
    this.state = new RouteState(route, PeerWorkers.NONE, random, now);
    this.buckets = Buckets.inMemory(clock());
    at(0, this::next);
  }

  /** Lets that much time go by. */
  void go(Duration time) {
    long end = now + time.toNanos();
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      now = event.at();
      event.what().run();
    }
    now = end;
  }

  long now() {
    return now;
  }

  /** Somebody else calls so often from now on. */
  void spendElsewhere(double perSecond) {
    at(
        (long) (SECOND / perSecond),
        () -> {
          provider.spendElsewhere(now);
          spendElsewhere(perSecond);
        });
  }

  /** The first in line looks. */
  private void next() {
    RouteHold.State turn = state.holdState(now);
    if (turn instanceof RouteHold.State.Held resting) {
      at(Math.max(1, resting.until() - now), this::next);
      return;
    }
    if (running >= CONSUMERS || state.missingRoom(running, now) != null) {
      at(SECOND / 1000, this::next);
      return;
    }
    Rates rates = state.rates(now);
    if (rates.differsFrom(paced, 0.02)) {
      buckets.setRates(rates);
      paced = rates;
    }
    cost = nextCost();
    long due = buckets.reserve(cost).nanos();
    wait(now + due, due);
  }

  /** As texts are: most are short, and some eight times as long. */
  private TokenCost nextCost() {
    return what == LimitKind.REQUESTS
        ? TokenCost.OF_A_REQUEST
        : new TokenCost(random.nextInt(8) == 0 ? 1_600 : 100 + random.nextInt(300), 250);
  }

  private void wait(long dueAt, long due) {
    if (dueAt - now > LOOK_AGAIN) {
      at(LOOK_AGAIN, () -> look(dueAt, due));
    } else {
      double late = due == 0 ? 0 : random.nextInt(100) == 0 ? 15 : random.nextDouble();
      at(Math.max(0, dueAt - now) + (long) (late * 1e6), () -> leave(late));
    }
  }

  private void look(long dueAt, long due) {
    boolean faster = state.rates(now).of(what).orElse(1e9) > 1.1 * paced.of(what).orElse(1e9);
    if (faster || state.holdState(now) instanceof RouteHold.State.Held) {
      buckets.refund(cost, true);
      next();
    } else {
      wait(dueAt, due);
    }
  }

  private void leave(double late) {
    if (state.holdState(now) instanceof RouteHold.State.Held) {
      buckets.refund(cost, true);
      next();
      return;
    }
    if (paced.punctual() && late > 4) {
      buckets.delayLaterCalls((late - 4) / 1e3 * paced.of(LimitKind.REQUESTS).orElse(0));
    }
    running++;
    InFlightCall call = new InFlightCall("task-" + nth, EstimatedUsage.NONE, cost, now);
    insideToldWait += now < toldToWaitUntil ? 1 : 0;
    Answer answer = provider.call(what, cost.of(what), now);
    if (answer.letIn()) {
      letIn += cost.of(what);
      long took = (long) (latencySeconds * (0.5 + random.nextDouble()) * SECOND);
      at(took, () -> end(call, new CallFeedback.Succeeded(null, answer.standing())));
    } else {
      refused++;
      long told = now + answer.retryAfter().toNanos();
      at(
          SECOND / 500,
          () -> {
            toldToWaitUntil = Math.max(toldToWaitUntil, told); // who called before could not know
            end(call, new CallFeedback.Throttled(answer.retryAfter(), null, answer.standing()));
          });
    }
    at(0, this::next);
  }

  private void end(InFlightCall call, CallFeedback end) {
    running--;
    state.ended(call, end, false, now);
  }

  private void at(long later, Runnable what) {
    events.add(new Event(now + later, nth++, what));
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
