package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.producer.error.ApiException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.CorrelationData;

/** Takes one caller from the door to the end of his answer, on the thread of his request. */
final class LiveCallHandler {
  private static final Logger LOG = LoggerFactory.getLogger(LiveCallHandler.class);

  /** How long a hang-up stays unseen. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final LiveCall call;
  private final LiveAdmissionQueue liveAdmissionQueue;
  private final LiveTaskPublisher sender;
  private final LiveHttpResponse caller;
  private final StepStats.CountedCall countedCall;
  private @Nullable CorrelationData sent;
  private boolean hasTurn;
  private boolean begun;
  private boolean answered;

  LiveCallHandler(
      LiveCall call,
      LiveAdmissionQueue liveAdmissionQueue,
      LiveTaskPublisher sender,
      LiveHttpResponse caller,
      StepStats.CountedCall countedCall) {
    this.call = call;
    this.liveAdmissionQueue = liveAdmissionQueue;
    this.sender = sender;
    this.caller = caller;
    this.countedCall = countedCall;
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
      LiveCall.Event event = call.next(LOOK);
      if (event == null) {
        if (caller.hasGone()) {
          countedCall.ended("client_disconnected");
          return;
        }
        lookAround();
      } else if (!happened(event)) {
        return;
      }
      if (!answered && System.nanoTime() - (begun ? breakOff : giveUp) >= 0) {
        countedCall.ended("timeout");
        fail(LiveErrors.timeout(call.waited()));
        return;
      }
    }
  }

  private void lookAround() {
    liveAdmissionQueue.dispatch();
    if (call.isClaimed()) {
      return;
    }
    if (sender.isBrokerAwayForLong()) {
      throw LiveErrors.brokerAway();
    }
    if (hasTurn && isNotTaken()) {
      send();
    }
    liveAdmissionQueue.checkOpen();
  }

  /** Returns whether there is more to come. */
  private boolean happened(LiveCall.Event event) throws IOException {
    switch (event) {
      case LiveCall.Event.Dispatched dispatched -> {
        hasTurn = true;
        send();
      }
      case LiveCall.Event.Received received -> said(received.word());
      case LiveCall.Event.ConnectionLost connectionLost -> {
        countedCall.ended("connection_error");
        fail(LiveErrors.broken(connectionLost.reason()));
        return false;
      }
    }
    return true;
  }

  private void said(LiveMessage word) throws IOException {
    switch (word) {
      case LiveMessage.Reply whole -> {
        answered = true;
        countedCall.answered(whole.stats(), whole.status());
        caller.whole(whole, call.waited());
      }
      case LiveMessage.Chunk chunk -> {
        if (!begun) {
          countedCall.began();
          caller.begin(chunk.headers());
          begun = true;
        }
        caller.part(chunk.body());
      }
      case LiveMessage.StreamEnd streamEnd -> {
        answered = true;
        countedCall.answered(streamEnd.stats(), 200);
        caller.end();
      }
      case LiveMessage.Failed failed -> {
        answered = true;
        countedCall.failed(failed);
        fail(LiveErrors.of(failed.failure()));
      }
      case LiveMessage.Claim claim -> {}
      case LiveMessage.Proceed proceed -> {}
      case LiveMessage.Cancelled cancelled -> {}
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
