package dev.sluice.worker.provider;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Watches an exchange while it goes on. */
public interface StreamListener {

  /**
   * The provider begins to stream its answer.
   *
   * @param headers names in small letters
   */
  void began(Map<String, List<String>> headers);

  /**
   * A piece of the stream. No more of it is read before this returns.
   *
   * @throws java.io.UncheckedIOException to break it off
   */
  void passed(byte[] piece);

  /** Completes when nobody wants the answer any more. */
  CompletableFuture<Void> abandoned();
}
