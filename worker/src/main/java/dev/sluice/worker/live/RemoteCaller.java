package dev.sluice.worker.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply.Answered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A caller that is connected to a producer or client, reached over its reply queue. */
final class RemoteCaller implements LiveCaller {
  private static final Logger log = LoggerFactory.getLogger(RemoteCaller.class);

  /** Presence queries are retried: messages are transient and lost on failover. */
  private static final Duration PRESENCE_TIMEOUT = Duration.ofSeconds(2);

  private static final int MAX_PRESENCE_QUERIES = 5;

  /** A producer that has lost its broker connection has no reply queue until it reconnects. */
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

  private static final int MAX_REPLY_RETRIES = 10;

  private final ReplyChannel channel;
  private final LiveMessage.Claim claim;
  private final Consumer<RemoteCaller> onClose;
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private volatile CompletableFuture<Void> proceed = new CompletableFuture<>();
  private volatile CompletableFuture<Void> returned = new CompletableFuture<>();
  private volatile Map<String, String> firstHeaders = Map.of();
  private volatile int chunks;

  RemoteCaller(ReplyChannel channel, LiveMessage.Claim claim, Consumer<RemoteCaller> onClose) {
    this.channel = channel;
    this.claim = claim;
    this.onClose = onClose;
    channel.onReturn(this::onUndeliverable);
  }

  private void onUndeliverable() {
    returned.complete(null);
    if (isStreaming()) {
      cancelled.complete(null);
    }
  }

  void onMessage(LiveMessage message) {
    if (message instanceof LiveMessage.Proceed) {
      proceed.complete(null);
    } else if (message instanceof LiveMessage.Cancelled) {
      cancelled.complete(null);
    }
  }

  @Override
  public boolean isPresent() {
    return true;
  }

  @Override
  public void announceClaim() {
    channel.send(claim);
  }

  @Override
  public Presence queryPresence() throws InterruptedException {
    for (int i = 0; i < MAX_PRESENCE_QUERIES; i++) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      CompletableFuture<Void> returnedClaim = new CompletableFuture<>();
      proceed = answer;
      returned = returnedClaim;
      channel.send(claim);
      try {
        CompletableFuture.anyOf(answer, cancelled, returnedClaim)
            .get(PRESENCE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException noReply) {
        continue;
      } catch (ExecutionException neverFails) {
        throw new IllegalStateException(neverFails);
      }
      if (cancelled.isDone()) {
        return Presence.GONE;
      }
      return answer.isDone() ? Presence.WAITING : Presence.UNREACHABLE;
    }
    log.warn(
        "The producer of live task {} did not answer {} queries whether its caller still waits",
        claim.taskId(),
        MAX_PRESENCE_QUERIES);
    return Presence.UNREACHABLE;
  }

  @Override
  public boolean isStreaming() {
    return chunks > 0;
  }

  @Override
  public void onHeaders(Map<String, List<String>> headers) {
    firstHeaders = firstValues(headers);
  }

  @Override
  public void onChunk(byte[] chunk) {
    if (cancelled.isDone()) {
      throw new UncheckedIOException(new IOException("the caller disconnected"));
    }
    int number = chunks;
    chunks = number + 1; // before sending: if sending fails, the chunk may still have arrived
    Map<String, String> headers = number == 0 ? firstHeaders : Map.of();
    channel.send(
        new LiveMessage.Chunk(claim.taskId(), claim.worker(), number, headers, Payload.of(chunk)));
  }

  @Override
  public CompletableFuture<Void> cancelled() {
    return cancelled;
  }

  @Override
  public void reply(LiveReply liveReply) throws InterruptedException {
    LiveMessage last =
        switch (liveReply) {
          case LiveReply.Complete complete -> reply(complete);
          case LiveReply.StreamEnd end ->
              new LiveMessage.StreamEnd(claim.taskId(), chunks, end.stats());
          case LiveReply.Failed failed ->
              new LiveMessage.Failed(claim.taskId(), failed.failure(), failed.stats());
        };
    ReplyChannel.SendResult result = channel.sendConfirmed(last);
    while (result == ReplyChannel.SendResult.UNCONFIRMED) {
      Thread.sleep(RETRY_INTERVAL);
      result = channel.sendConfirmed(last);
    }
    if (result == ReplyChannel.SendResult.RETURNED) {
      ReplyChannel retryChannel = channel.newChannel();
      Thread.startVirtualThread(() -> retryReply(last, retryChannel));
    }
  }

  /** The producer may reconnect. Retry on a virtual thread so that this consumer stays free. */
  private static void retryReply(LiveMessage reply, ReplyChannel channel) {
    try {
      for (int i = 0; i < MAX_REPLY_RETRIES; i++) {
        Thread.sleep(RETRY_INTERVAL);
        if (channel.sendConfirmed(reply) == ReplyChannel.SendResult.CONFIRMED) {
          return;
        }
      }
      log.warn("Discarded the reply of task {}: its reply queue does not exist", reply.taskId());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      channel.close();
    }
  }

  private LiveMessage reply(LiveReply.Complete complete) {
    Answered reply = complete.reply();
    return new LiveMessage.Reply(
        claim.taskId(),
        reply.status(),
        firstValues(reply.headers()),
        complete.stats(),
        reply.body());
  }

  private static Map<String, String> firstValues(Map<String, List<String>> headers) {
    Map<String, String> first = new TreeMap<>();
    headers.forEach((name, values) -> first.put(name, values.isEmpty() ? "" : values.getFirst()));
    return ForwardedHeaders.of(first);
  }

  @Override
  public void close() {
    onClose.accept(this);
    channel.close();
  }
}
