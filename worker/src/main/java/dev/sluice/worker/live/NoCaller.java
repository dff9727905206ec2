package dev.sluice.worker.live;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.springframework.amqp.AmqpException;

/** The caller of a task whose outcome is collected later. */
record NoCaller(BooleanSupplier held) implements LiveCaller {
  @Override
  public boolean isSomebody() {
    return false;
  }

  @Override
  public void tell() {
    if (!held.getAsBoolean()) {
      throw new AmqpException("the channel that brought the task is closed");
    }
  }

  @Override
  public Presence ask() {
    tell();
    return Presence.WAITING;
  }

  @Override
  public boolean hasBegun() {
    return false;
  }

  @Override
  public void handBack(LiveReply answer) {
    throw new IllegalStateException("nobody waits for " + answer);
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
