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
 * Forwards a body chunk by chunk, with backpressure, and keeps its tail, which contains the token
 * usage.
 */
final class StreamedBody implements BodySubscriber<byte[]> {
  /** The minimum size of the tail. */
  private static final int TAIL_BYTES = 64 * 1024;

  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private final Map<String, List<String>> headers;
  private final StreamListener listener;
  private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  StreamedBody(Map<String, List<String>> headers, StreamListener listener) {
    this.headers = headers;
    this.listener = listener;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription upstream) {
    subscription = upstream;
    forward(() -> listener.onHeaders(headers));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      chunk.writeBytes(bytes);
    }
    byte[] bytes = chunk.toByteArray();
    keepTail(bytes);
    forward(() -> listener.onChunk(bytes));
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    result.complete(tail.toByteArray());
  }

  private void forward(Runnable action) {
    Flow.Subscription upstream = subscription;
    if (upstream == null || result.isDone()) {
      return;
    }
    try {
      action.run();
      upstream.request(1);
    } catch (UncheckedIOException rejected) {
      upstream.cancel();
      result.completeExceptionally(rejected.getCause());
    }
  }

  private void keepTail(byte[] bytes) {
    tail.writeBytes(bytes);
    if (tail.size() > 2 * TAIL_BYTES) {
      byte[] all = tail.toByteArray();
      tail.reset();
      tail.write(all, all.length - TAIL_BYTES, TAIL_BYTES);
    }
  }
}
