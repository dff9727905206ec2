package dev.sluice.worker.provider;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Receives the chunks of a streamed reply, and can cancel the exchange. */
public interface StreamListener {

  /**
   * The streamed reply started.
   *
   * @param headers the headers, with names in lower case
   */
  void onHeaders(Map<String, List<String>> headers);

  /**
   * A chunk arrived. The next chunk is read after this method returns.
   *
   * @throws java.io.UncheckedIOException to cancel the exchange
   */
  void onChunk(byte[] chunk);

  /** Completes when the reply is not needed any more, which cancels the exchange. */
  CompletableFuture<Void> cancelled();
}
