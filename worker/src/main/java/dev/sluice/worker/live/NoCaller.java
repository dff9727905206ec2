package dev.sluice.worker.live;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.springframework.amqp.AmqpException;

/** Null object for tasks without a caller: their outcome is published to the outcomes exchange. */
record NoCaller(BooleanSupplier canAcknowledge) implements LiveCaller {
  @Override
  public boolean isPresent() {
    return false;
  }

  @Override
  public void announceClaim() {
    if (!canAcknowledge.getAsBoolean()) {
      throw new AmqpException(
          "the channel of the delivery is closed; the broker redelivers the task");
    }
  }

  @Override
  public Presence queryPresence() {
    announceClaim();
    return Presence.WAITING;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public void reply(LiveReply liveReply) {
    throw new IllegalStateException("no caller waits for " + liveReply);
  }

  @Override
  public void onHeaders(Map<String, List<String>> headers) {
    throw new IllegalStateException("no caller receives a stream");
  }

  @Override
  public void onChunk(byte[] chunk) {
    throw new IllegalStateException("no caller receives a stream");
  }

  @Override
  public CompletableFuture<Void> cancelled() {
    return new CompletableFuture<>();
  }

  @Override
  public void close() {
    // no resources
  }
}
