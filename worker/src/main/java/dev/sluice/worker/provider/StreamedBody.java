package dev.sluice.worker.provider;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Passes a body on piece by piece, each when the one before was taken, and keeps its end: that is
 * where a stream tells its usage.
 */
final class StreamedBody implements BodySubscriber<byte[]> {
  /** At least so much of the end. */
  private static final int KEPT = 64 * 1024;

  private final CompletableFuture<byte[]> end = new CompletableFuture<>();
  private final Map<String, List<String>> headers;
  private final StreamListener watcher;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription source;

  StreamedBody(Map<String, List<String>> headers, StreamListener watcher) {
    this.headers = headers;
    this.watcher = watcher;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return end;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    pass(() -> watcher.began(headers));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      piece.writeBytes(bytes);
    }
    byte[] bytes = piece.toByteArray();
    keep(bytes);
    pass(() -> watcher.passed(bytes));
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    end.complete(kept.toByteArray());
  }

  private void pass(Runnable piece) {
    Flow.Subscription from = source;
    if (from == null || end.isDone()) {
      return;
    }
    try {
      piece.run();
      from.request(1);
    } catch (UncheckedIOException notTaken) {
      from.cancel();
      end.completeExceptionally(notTaken.getCause());
    }
  }

  private void keep(byte[] bytes) {
    kept.writeBytes(bytes);
    if (kept.size() > 2 * KEPT) {
      byte[] all = kept.toByteArray();
      kept.reset();
      kept.write(all, all.length - KEPT, KEPT);
    }
  }
}
