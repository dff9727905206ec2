package dev.sluice.worker.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Reads a body into memory, and cancels the exchange if it exceeds the size limit. */
final class SizeLimitedBody implements BodySubscriber<byte[]> {
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final int status;
  private final int maxBytes;
  private final ContentDecoder decoder;
  private Flow.@Nullable Subscription subscription;

  private SizeLimitedBody(ResponseInfo head, int maxBytes) {
    this.status = head.statusCode();
    this.maxBytes = maxBytes;
    this.decoder =
        new ContentDecoder(BoundedHttpClient.lowerCaseNames(head.headers()), this::append);
  }

  /**
   * @param maxBytes the maximum size of a body, after decoding
   */
  static BodyHandler<byte[]> handler(int maxBytes) {
    return head -> new SizeLimitedBody(head, maxBytes);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription upstream) {
    subscription = upstream;
    upstream.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (body.isDone()) {
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        decoder.decode(bytes);
      }
    } catch (ReplyTooLargeException large) {
      cancel(new IOException(large));
    } catch (IOException malformed) {
      cancel(malformed);
    }
  }

  private void append(byte[] part) {
    if (received.size() + part.length > maxBytes) {
      throw new ReplyTooLargeException(status);
    }
    received.writeBytes(part);
  }

  private void cancel(IOException failure) {
    decoder.close();
    if (subscription != null) {
      subscription.cancel();
    }
    body.completeExceptionally(failure);
  }

  @Override
  public void onError(Throwable failure) {
    decoder.close();
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    try {
      decoder.end();
      body.complete(received.toByteArray());
    } catch (IOException truncated) {
      body.completeExceptionally(truncated);
    }
  }
}
