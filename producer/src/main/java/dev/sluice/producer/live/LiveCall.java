package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.AuthenticatedCaller;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One caller who waits, from the door to his answer. What happens to his task is put into its
 * mailbox by whoever hears it, and taken out by the thread of his request.
 */
final class LiveCall {

  /** What happens to it. */
  sealed interface Event {
    /** It is its turn: its task goes to the broker. */
    record Dispatched() implements Event {}

    /** A worker says something of it. */
    record Received(LiveMessage word) implements Event {}

    /** Its stream cannot be gone on with. */
    record ConnectionLost(String reason) implements Event {}
  }

  private static final Event TURN = new Event.Dispatched();

  private final TaskMessage task;
  private final AuthenticatedCaller caller;
  private final String step;
  private final AtomicLong unread;
  private final long mostUnread;
  private final long arrived = System.nanoTime();
  private final LinkedBlockingQueue<Event> mailbox = new LinkedBlockingQueue<>();
  private String worker = "";
  private int parts;
  private boolean over;
  private volatile boolean claimed;

  /**
   * @param unread the bytes of all calls' mailboxes
   * @param mostUnread how many they may be
   */
  LiveCall(
      TaskMessage task,
      AuthenticatedCaller caller,
      String step,
      AtomicLong unread,
      long mostUnread) {
    this.task = task;
    this.caller = caller;
    this.step = step;
    this.unread = unread;
    this.mostUnread = mostUnread;
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

  AuthenticatedCaller caller() {
    return caller;
  }

  String step() {
    return step;
  }

  /** Whether a worker has its task, or had it. */
  boolean isClaimed() {
    return claimed;
  }

  Duration waited() {
    return Duration.ofNanos(System.nanoTime() - arrived);
  }

  void turn() {
    mailbox.add(TURN);
  }

  /**
   * A worker asks whether it shall make the call.
   *
   * @return whether it shall: not when the caller has gone, and not when he has a part of the reply
   *     from another worker, which died or lost its connection
   */
  synchronized boolean claim(LiveMessage.Claim claim) {
    if (over) {
      return false;
    }
    if (parts > 0) {
      breakOff("its worker is lost");
      return false;
    }
    worker = claim.worker();
    claimed = true;
    return true;
  }

  /**
   * What the worker that has it says; what another one says is passed over, but for a whole answer:
   * that is one, whoever has it.
   */
  synchronized void hear(LiveMessage word) {
    switch (word) {
      case LiveMessage.Chunk chunk when isFrom(chunk.worker()) -> part(chunk);
      case LiveMessage.Reply whole when !over && parts == 0 -> {
        if (takes(whole.body().size())) {
          mailbox.add(new Event.Received(whole));
        }
      }
      case LiveMessage.StreamEnd streamEnd when isFrom(streamEnd.stats().worker()) -> {
        if (streamEnd.chunks() == parts) {
          mailbox.add(new Event.Received(streamEnd));
        } else {
          breakOff("a part of it is lost");
        }
      }
      case LiveMessage.Failed failed when !over -> mailbox.add(new Event.Received(failed));
      default -> {} // not from its worker, or nothing for a caller
    }
  }

  /** The broker's connection is lost: of a stream that has begun, parts are. */
  synchronized void connectionLost() {
    if (parts > 0 && !over) {
      breakOff("the broker is lost");
    }
  }

  private boolean isFrom(String name) {
    return !over && worker.equals(name);
  }

  private void part(LiveMessage.Chunk chunk) {
    if (chunk.number() != parts) {
      breakOff("a part of it is lost");
    } else if (takes(chunk.body().size())) {
      parts++;
      mailbox.add(new Event.Received(chunk));
    }
  }

  private boolean takes(int bytes) {
    if (unread.addAndGet(bytes) > mostUnread) {
      unread.addAndGet(-bytes);
      breakOff("its caller reads too slowly");
      return false;
    }
    return true;
  }

  private void breakOff(String reason) {
    over = true;
    mailbox.add(new Event.ConnectionLost(reason));
  }

  /** The next event; null where there is none within the time. */
  @Nullable Event next(Duration time) throws InterruptedException {
    Event event = mailbox.poll(time.toMillis(), TimeUnit.MILLISECONDS);
    unread.addAndGet(-bytes(event));
    return event;
  }

  /** Nothing of it is wanted any more. */
  synchronized void end() {
    over = true;
    for (Event event = mailbox.poll(); event != null; event = mailbox.poll()) {
      unread.addAndGet(-bytes(event));
    }
  }

  private static long bytes(@Nullable Event event) {
    if (!(event instanceof Event.Received received)) {
      return 0;
    }
    return switch (received.word()) {
      case LiveMessage.Chunk chunk -> chunk.body().size();
      case LiveMessage.Reply whole -> whole.body().size();
      default -> 0;
    };
  }
}
