package dev.sluice.producer.live;

import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.AuthenticatedCaller;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One live call whose caller waits. Other threads add events to its event queue; the thread of the
 * request takes them out.
 */
final class LiveCall {

  /** An event for the thread of the request. */
  sealed interface Event {
    /** The admission queue has dispatched the call: publish its task now. */
    record Dispatched() implements Event {}

    /** A worker has sent a message. */
    record Received(LiveMessage message) implements Event {}

    /** The stream cannot continue; {@code reason} completes a sentence. */
    record StreamBroken(String reason) implements Event {}
  }

  private static final Event DISPATCHED = new Event.Dispatched();

  private final TaskMessage task;
  private final AuthenticatedCaller caller;
  private final String step;
  private final AtomicLong unreadBytes;
  private final long maxUnreadBytes;
  private final long arrivedAt = System.nanoTime();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private String worker = "";
  private int chunks;
  private boolean ended;
  private volatile boolean claimed;

  /**
   * @param unreadBytes buffered bytes of all calls, which this call adds to
   * @param maxUnreadBytes the limit for {@code unreadBytes}
   */
  LiveCall(
      TaskMessage task,
      AuthenticatedCaller caller,
      String step,
      AtomicLong unreadBytes,
      long maxUnreadBytes) {
    this.task = task;
    this.caller = caller;
    this.step = step;
    this.unreadBytes = unreadBytes;
    this.maxUnreadBytes = maxUnreadBytes;
  }

  TaskMessage task() {
    return task;
  }

  String id() {
    return task.ids().taskId();
  }

  String route() {
    return task.ids().route();
  }

  /** The source of the call, as in the workers' holds. */
  String source() {
    String model = RequestSummary.read(task.body()).map(RequestSummary::model).orElse("");
    return HeldSource.of(HeldSource.ofKey(caller.key()), model);
  }

  AuthenticatedCaller caller() {
    return caller;
  }

  String step() {
    return step;
  }

  /** Returns whether any worker has claimed the task. */
  boolean isClaimed() {
    return claimed;
  }

  Duration waited() {
    return Duration.ofNanos(System.nanoTime() - arrivedAt);
  }

  void dispatch() {
    events.add(DISPATCHED);
  }

  /**
   * Handles a worker's claim.
   *
   * @return whether the worker must call the provider: false if the caller has disconnected, or has
   *     received a chunk from another worker, which was lost since
   */
  synchronized boolean claim(LiveMessage.Claim claim) {
    if (ended) {
      return false;
    }
    if (chunks > 0) {
      breakStream("the worker was lost");
      return false;
    }
    worker = claim.worker();
    claimed = true;
    return true;
  }

  /**
   * Handles a message about this call. Ignores chunks of any worker but the last one that claimed
   * the call; accepts a complete reply from any worker.
   */
  synchronized void receive(LiveMessage message) {
    switch (message) {
      case LiveMessage.Chunk chunk when isFrom(chunk.worker()) -> receiveChunk(chunk);
      case LiveMessage.Reply reply when !ended && chunks == 0 -> {
        if (reserveBuffer(reply.body().size())) {
          events.add(new Event.Received(reply));
        }
      }
      case LiveMessage.StreamEnd streamEnd when isFrom(streamEnd.stats().worker()) -> {
        if (streamEnd.chunks() == chunks) {
          events.add(new Event.Received(streamEnd));
        } else {
          breakStream("a chunk was lost");
        }
      }
      case LiveMessage.Failed failed when !ended -> events.add(new Event.Received(failed));
      default -> {} // from another worker, or not for a caller
    }
  }

  /** Breaks a stream that has begun: chunks may be lost with the broker connection. */
  synchronized void connectionLost() {
    if (chunks > 0 && !ended) {
      breakStream("the connection to the broker was lost");
    }
  }

  private boolean isFrom(String name) {
    return !ended && worker.equals(name);
  }

  private void receiveChunk(LiveMessage.Chunk chunk) {
    if (chunk.number() != chunks) {
      breakStream("a chunk was lost");
    } else if (reserveBuffer(chunk.body().size())) {
      chunks++;
      events.add(new Event.Received(chunk));
    }
  }

  private boolean reserveBuffer(int bytes) {
    if (unreadBytes.addAndGet(bytes) > maxUnreadBytes) {
      unreadBytes.addAndGet(-bytes);
      breakStream("the client reads too slowly");
      return false;
    }
    return true;
  }

  private void breakStream(String reason) {
    ended = true;
    events.add(new Event.StreamBroken(reason));
  }

  /** Waits for the next event; returns null if none arrives within the timeout. */
  @Nullable Event next(Duration timeout) throws InterruptedException {
    Event event = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    unreadBytes.addAndGet(-bytes(event));
    return event;
  }

  /** Ends the call, and frees its buffered bytes. */
  synchronized void end() {
    ended = true;
    for (Event event = events.poll(); event != null; event = events.poll()) {
      unreadBytes.addAndGet(-bytes(event));
    }
  }

  private static long bytes(@Nullable Event event) {
    if (!(event instanceof Event.Received received)) {
      return 0;
    }
    return switch (received.message()) {
      case LiveMessage.Chunk chunk -> chunk.body().size();
      case LiveMessage.Reply reply -> reply.body().size();
      default -> 0;
    };
  }
}
