package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.CallStats;
import dev.sluice.producer.web.ApiException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.CorrelationData;

/** Serves one live call until its reply is written, on the thread of its request. */
final class LiveCallHandler {
  /** How often the producer polls for a client disconnect. */
  private static final Duration DISCONNECT_POLL_INTERVAL = Duration.ofMillis(200);

  private final LiveCall call;
  private final LiveAdmissionQueue queue;
  private final LiveTaskPublisher publisher;
  private final LiveHttpResponse response;
  private final StepStats.CountedCall countedCall;
  private @Nullable CorrelationData confirm;
  private @Nullable CallStats stats;
  private boolean dispatched;
  private boolean streaming;
  private boolean replied;
  private boolean succeeded;

  LiveCallHandler(
      LiveCall call,
      LiveAdmissionQueue queue,
      LiveTaskPublisher publisher,
      LiveHttpResponse response,
      StepStats.CountedCall countedCall) {
    this.call = call;
    this.queue = queue;
    this.publisher = publisher;
    this.response = response;
    this.countedCall = countedCall;
  }

  /** Returns the statistics of the provider calls; null if the call ended without them. */
  @Nullable CallStats stats() {
    return stats;
  }

  /** Returns whether the provider has replied with 2xx. */
  boolean succeeded() {
    return succeeded;
  }

  /** Returns whether a worker may still have the task. */
  boolean isWithWorkers() {
    return dispatched && !replied;
  }

  /**
   * Waits for the reply and writes it to the client.
   *
   * @param replyDeadline when to give up if no reply has begun, by {@link System#nanoTime}
   * @param streamDeadline when to give up a stream that has begun, by {@link System#nanoTime}
   * @throws ApiException the error to return in place of a reply
   */
  void run(long replyDeadline, long streamDeadline) throws IOException, InterruptedException {
    while (!replied) {
      LiveCall.Event event = call.next(DISCONNECT_POLL_INTERVAL);
      if (event == null) {
        if (response.isClientDisconnected()) {
          countedCall.ended("client_disconnected");
          return;
        }
        checkAvailability();
      } else if (!tryHandle(event)) {
        return;
      }
      if (!replied && System.nanoTime() - (streaming ? streamDeadline : replyDeadline) >= 0) {
        countedCall.ended("timeout");
        fail(LiveErrors.timeout(call.waited()));
        return;
      }
    }
  }

  private void checkAvailability() {
    queue.dispatch();
    if (call.isClaimed()) {
      return;
    }
    if (publisher.isBrokerUnavailable()) {
      throw LiveErrors.brokerUnavailable();
    }
    if (dispatched && isUndelivered()) {
      send();
    }
    queue.checkOpen(call);
  }

  /** Handles an event, and counts a failed write to the client as its disconnect. */
  private boolean tryHandle(LiveCall.Event event) throws IOException {
    try {
      return handle(event);
    } catch (IOException writeFailed) {
      countedCall.ended("client_disconnected");
      throw writeFailed;
    }
  }

  /** Handles an event; returns false if the call has ended with it. */
  private boolean handle(LiveCall.Event event) throws IOException {
    switch (event) {
      case LiveCall.Event.Dispatched dispatch -> {
        dispatched = true;
        send();
      }
      case LiveCall.Event.Received received -> handle(received.message());
      case LiveCall.Event.StreamBroken broken -> {
        countedCall.ended("connection_error");
        fail(LiveErrors.streamBroken(broken.reason()));
        return false;
      }
    }
    return true;
  }

  private void handle(LiveMessage message) throws IOException {
    switch (message) {
      case LiveMessage.Reply reply -> {
        replied = true;
        stats = reply.stats();
        succeeded = reply.status() / 100 == 2;
        countedCall.replied(reply.stats(), reply.status());
        response.writeReply(reply, call.waited());
      }
      case LiveMessage.Chunk chunk -> {
        if (!streaming) {
          countedCall.streamBegan();
          response.beginStream(chunk.headers());
          streaming = true;
        }
        response.writeChunk(chunk.body());
      }
      case LiveMessage.StreamEnd streamEnd -> {
        replied = true;
        stats = streamEnd.stats();
        succeeded = true;
        countedCall.replied(streamEnd.stats(), 200);
        response.endStream();
      }
      case LiveMessage.Failed failed -> {
        replied = true;
        stats = failed.stats();
        countedCall.failed(failed);
        fail(LiveErrors.of(failed.failure()));
      }
      case LiveMessage.Claim claim -> {}
      case LiveMessage.Proceed proceed -> {}
      case LiveMessage.Cancelled cancelled -> {}
    }
  }

  private void fail(ApiException error) throws IOException {
    if (!streaming) {
      throw error;
    }
    response.failStream(error);
  }

  private void send() {
    confirm = publisher.send(call.task());
  }

  /** Returns whether the broker has certainly not accepted the task. */
  private boolean isUndelivered() {
    CorrelationData last = confirm;
    if (last == null || last.getReturned() != null) {
      return true;
    }
    return last.getFuture().isDone()
        && (last.getFuture().isCompletedExceptionally() || !last.getFuture().join().ack());
  }
}
