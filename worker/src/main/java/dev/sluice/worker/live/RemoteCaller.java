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

/** A caller at the other end of the broker. */
final class RemoteCaller implements LiveCaller {
  private static final Logger log = LoggerFactory.getLogger(RemoteCaller.class);

  /** What was said may be lost with a broker, so it is said again. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(2);

  private static final int MOST_ASKED = 5;

  /** A producer that has lost the broker has no queue until it is connected again. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final int MOST_RETURNS = 10;

  private final ReplyChannel channel;
  private final LiveMessage.Claim claim;
  private final Consumer<RemoteCaller> forget;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private volatile CompletableFuture<Void> go = new CompletableFuture<>();
  private volatile CompletableFuture<Void> nobody = new CompletableFuture<>();
  private volatile Map<String, String> head = Map.of();
  private volatile int parts;

  RemoteCaller(ReplyChannel channel, LiveMessage.Claim claim, Consumer<RemoteCaller> forget) {
    this.channel = channel;
    this.claim = claim;
    this.forget = forget;
    channel.whenNobodyIsThere(this::nobodyIsThere);
  }

  private void nobodyIsThere() {
    nobody.complete(null);
    if (hasBegun()) {
      gone.complete(null);
    }
  }

  void heard(LiveMessage word) {
    if (word instanceof LiveMessage.Proceed) {
      go.complete(null);
    } else if (word instanceof LiveMessage.Cancelled) {
      gone.complete(null);
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
    for (int i = 0; i < MOST_ASKED; i++) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      CompletableFuture<Void> returned = new CompletableFuture<>();
      go = answer;
      nobody = returned;
      channel.send(claim);
      try {
        CompletableFuture.anyOf(answer, gone, returned)
            .get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException silent) {
        continue;
      } catch (ExecutionException neverFails) {
        throw new IllegalStateException(neverFails);
      }
      if (gone.isDone()) {
        return Presence.GONE;
      }
      return answer.isDone() ? Presence.WAITING : Presence.UNREACHABLE;
    }
    log.warn("Nobody answers for task {}", claim.taskId());
    return Presence.UNREACHABLE;
  }

  @Override
  public boolean hasBegun() {
    return parts > 0;
  }

  @Override
  public void began(Map<String, List<String>> headers) {
    head = first(headers);
  }

  @Override
  public void passed(byte[] piece) {
    if (gone.isDone()) {
      throw new UncheckedIOException(new IOException("the caller has gone"));
    }
    int number = parts;
    parts = number + 1; // before it is sent: whether it arrived is unknown then
    Map<String, String> headers = number == 0 ? head : Map.of();
    channel.send(
        new LiveMessage.Chunk(claim.taskId(), claim.worker(), number, headers, Payload.of(piece)));
  }

  @Override
  public CompletableFuture<Void> abandoned() {
    return gone;
  }

  @Override
  public void reply(LiveReply liveReply) throws InterruptedException {
    LiveMessage last =
        switch (liveReply) {
          case LiveReply.Complete whole -> whole(whole);
          case LiveReply.EndOfStream end ->
              new LiveMessage.StreamEnd(claim.taskId(), parts, end.stats());
          case LiveReply.Failed failed ->
              new LiveMessage.Failed(claim.taskId(), failed.failure(), failed.stats());
        };
    ReplyChannel.Arrival arrival = channel.sendSurely(last);
    while (arrival == ReplyChannel.Arrival.AWAY) {
      Thread.sleep(PAUSE);
      arrival = channel.sendSurely(last);
    }
    if (arrival == ReplyChannel.Arrival.RETURNED) {
      ReplyChannel again = channel.another();
      Thread.startVirtualThread(() -> offer(last, again));
    }
  }

  /** Who has lost the broker may still come back; nobody else is to wait for him meanwhile. */
  private static void offer(LiveMessage answer, ReplyChannel channel) {
    try {
      for (int i = 0; i < MOST_RETURNS; i++) {
        Thread.sleep(PAUSE);
        if (channel.sendSurely(answer) == ReplyChannel.Arrival.THERE) {
          return;
        }
      }
      log.warn("The answer of task {} found nobody", answer.taskId());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      channel.close();
    }
  }

  private LiveMessage whole(LiveReply.Complete whole) {
    Answered reply = whole.reply();
    return new LiveMessage.Reply(
        claim.taskId(), reply.status(), first(reply.headers()), whole.stats(), reply.body());
  }

  private static Map<String, String> first(Map<String, List<String>> headers) {
    Map<String, String> first = new TreeMap<>();
    headers.forEach((name, values) -> first.put(name, values.isEmpty() ? "" : values.getFirst()));
    return ForwardedHeaders.of(first);
  }

  @Override
  public void close() {
    forget.accept(this);
    channel.close();
  }
}
