package dev.sluice.worker.live;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.springframework.amqp.AmqpException;

/** The caller of a task whose outcome is collected later. */
record NoCaller(BooleanSupplier held) implements LiveCaller {
  @Override
  public boolean isPresent() {
    return false;
  }

  @Override
  public void announceClaim() {
    if (!held.getAsBoolean()) {
      throw new AmqpException("the channel that brought the task is closed");
    }
  }

  @Override
  public Presence queryPresence() {
    announceClaim();
    return Presence.WAITING;
  }

  @Override
  public boolean hasBegun() {
    return false;
  }

  @Override
  public void reply(LiveReply liveReply) {
    throw new IllegalStateException("nobody waits for " + liveReply);
  }

  @Override
  public void began(Map<String, List<String>> headers) {
    throw new IllegalStateException("nobody takes a stream");
  }

  @Override
  public void passed(byte[] piece) {
    throw new IllegalStateException("nobody takes a stream");
  }

  @Override
  public CompletableFuture<Void> abandoned() {
    return new CompletableFuture<>();
  }

  @Override
  public void close() {
    // nothing was opened
  }
}
