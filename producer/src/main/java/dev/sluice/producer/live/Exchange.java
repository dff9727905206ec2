package dev.sluice.producer.live;

import dev.sluice.common.live.LiveWord;
import dev.sluice.producer.error.ApiException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.CorrelationData;

/** Takes one caller from the door to the end of his answer, on the thread of his request. */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** How long a hang-up stays unseen. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Call call;
  private final Door door;
  private final TaskSender sender;
  private final CallersEnd caller;
  private final Steps.Counted counted;
  private @Nullable CorrelationData sent;
  private boolean hasTurn;
  private boolean begun;
  private boolean answered;

  Exchange(Call call, Door door, TaskSender sender, CallersEnd caller, Steps.Counted counted) {
    this.call = call;
    this.door = door;
    this.sender = sender;
    this.caller = caller;
    this.counted = counted;
  }

  /** Whether the task was sent, and no worker has said its last word. */
  boolean isAtWorkers() {
    return hasTurn && !answered;
  }

  /**
   * Waits for the answer and passes it on.
   *
   * @param giveUp when a caller who has nothing yet waits no more
   * @param breakOff when a stream that still goes on is one that nobody sends any more
   * @throws ApiException what he is told in place of an answer
   */
  void run(long giveUp, long breakOff) throws IOException, InterruptedException {
    while (!answered) {
      Call.Event event = call.next(LOOK);
      if (event == null) {
        if (caller.hasGone()) {
          counted.ended("gone");
          return;
        }
        lookAround();
      } else if (!happened(event)) {
        return;
      }
      if (!answered && System.nanoTime() - (begun ? breakOff : giveUp) >= 0) {
        counted.ended("timeout");
        fail(Refusals.timeout(call.waited()));
        return;
      }
    }
  }

  private void lookAround() {
    door.giveTurns();
    if (call.isClaimed()) {
      return;
    }
    if (sender.isBrokerAwayForLong()) {
      throw Refusals.brokerAway();
    }
    if (hasTurn && isNotTaken()) {
      send();
    }
    door.checkOpen();
  }

  /** Returns whether there is more to come. */
  private boolean happened(Call.Event event) throws IOException {
    switch (event) {
      case Call.Event.Turn turn -> {
        hasTurn = true;
        send();
      }
      case Call.Event.Said said -> said(said.word());
      case Call.Event.Broken broken -> {
        counted.ended("broken");
        fail(Refusals.broken(broken.reason()));
        return false;
      }
    }
    return true;
  }

  private void said(LiveWord word) throws IOException {
    switch (word) {
      case LiveWord.Whole whole -> {
        answered = true;
        counted.answered(whole.facts(), whole.status());
        caller.whole(whole, call.waited());
      }
      case LiveWord.Part part -> {
        if (!begun) {
          counted.began();
          caller.begin(part.headers());
          begun = true;
        }
        caller.part(part.body());
      }
      case LiveWord.End end -> {
        answered = true;
        counted.answered(end.facts(), 200);
        caller.end();
      }
      case LiveWord.Failed failed -> {
        answered = true;
        counted.failed(failed);
        fail(Refusals.of(failed.failure()));
      }
      case LiveWord.Claim claim -> {}
      case LiveWord.Go go -> {}
      case LiveWord.Gone gone -> {}
    }
  }

  private void fail(ApiException refusal) throws IOException {
    if (!begun) {
      throw refusal;
    }
    caller.breakOff(refusal);
  }

  private void send() {
    try {
      sent = sender.send(call.task());
    } catch (AmqpException away) {
      sent = null;
      LOG.debug("A live call waits for the broker: {}", away.getMessage());
    }
  }

  /** Whether the broker has certainly not got the task. */
  private boolean isNotTaken() {
    CorrelationData last = sent;
    if (last == null || last.getReturned() != null) {
      return true;
    }
    return last.getFuture().isDone()
        && (last.getFuture().isCompletedExceptionally() || !last.getFuture().join().ack());
  }
}
