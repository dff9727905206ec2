package dev.sluice.worker.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a body chunk by chunk, with backpressure, and keeps its beginning and its end, which
 * contain the token usage. An event that is longer than the end is followed by its excerpt there.
 */
final class StreamedBody implements BodySubscriber<byte[]> {
  /** The first event of a message has the usage of its prompt. */
  private static final int BEGINNING_BYTES = 4 * 1024;

  /** The minimum size of the end. */
  private static final int TAIL_BYTES = 64 * 1024;

  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private final Map<String, List<String>> headers;
  private final StreamListener listener;
  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
  private final EventExcerpt excerpt = new EventExcerpt();
  private final List<byte[]> decoded = new ArrayList<>();
  private final ContentDecoder decoder;
  private Flow.@Nullable Subscription subscription;
  private boolean truncated;

  /**
   * @param headers the headers, with names in lower case; modified
   */
  StreamedBody(Map<String, List<String>> headers, StreamListener listener) {
    this.decoder = new ContentDecoder(headers, decoded::add);
    ContentDecoder.removeCoding(headers);
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
    forward(() -> forwardDecoded(chunk.toByteArray()));
  }

  private void forwardDecoded(byte[] chunk) {
    try {
      decoder.decode(chunk);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
    decoded.forEach(
        part -> {
          keep(part);
          listener.onChunk(part);
        });
    decoded.clear();
  }

  @Override
  public void onError(Throwable failure) {
    decoder.close();
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    try {
      decoder.end();
      endLine();
      result.complete(ends());
    } catch (IOException truncated) {
      result.completeExceptionally(truncated);
    }
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
      decoder.close();
      upstream.cancel();
      result.completeExceptionally(rejected.getCause());
    }
  }

  /** Nothing is missing between the two, or a line break is between them. */
  private byte[] ends() {
    ByteArrayOutputStream ends = new ByteArrayOutputStream();
    ends.writeBytes(beginning.toByteArray());
    if (truncated) {
      ends.write('\n');
    }
    ends.writeBytes(tail.toByteArray());
    return ends.toByteArray();
  }

  private void keep(byte[] bytes) {
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (EventExcerpt.isEnd(bytes[at])) {
        keep(bytes, start, at);
        endLine();
        start = at;
      } else {
        excerpt.add(bytes[at]);
      }
    }
    keep(bytes, start, bytes.length);
  }

  private void endLine() {
    boolean isLong = excerpt.lineBytes() > TAIL_BYTES;
    Optional<byte[]> line = excerpt.end();
    if (isLong && line.isPresent()) {
      tail.write('\n');
      tail.writeBytes(line.get());
    }
  }

  private void keep(byte[] bytes, int from, int to) {
    int first = Math.min(to - from, BEGINNING_BYTES - beginning.size());
    beginning.write(bytes, from, first);
    tail.write(bytes, from + first, to - from - first);
    if (tail.size() > 2 * TAIL_BYTES) {
      truncated = true;
      byte[] all = tail.toByteArray();
      tail.reset();
      tail.write(all, all.length - TAIL_BYTES, TAIL_BYTES);
    }
  }
}
