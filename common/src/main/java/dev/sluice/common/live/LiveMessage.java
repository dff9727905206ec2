package dev.sluice.common.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.Payload;
import java.util.Map;

/**
 * Messages between workers and the process that waits for a live task (the caller).
 *
 * <p>A worker sends {@link Claim} before it calls the provider, and waits for {@link Proceed}. Then
 * it sends either one {@link Reply}, or {@link Chunk}s and a {@link StreamEnd}, or {@link Failed}.
 * The caller can send {@link Cancelled} at any time.
 */
public sealed interface LiveMessage {

  /** The task's id. */
  String taskId();

  /**
   * To the caller: asks whether the caller still waits.
   *
   * @param worker name of the worker
   * @param replyTo queue for the answer
   */
  record Claim(String taskId, String worker, String replyTo) implements LiveMessage {}

  /** To the worker: the caller still waits; make the call. */
  record Proceed(String taskId) implements LiveMessage {}

  /**
   * To the claiming worker, or to all workers: the caller has disconnected; make no call, or abort
   * the running one.
   */
  record Cancelled(String taskId) implements LiveMessage {}

  /**
   * To the caller: the provider's response.
   *
   * @param status HTTP status
   * @param headers the provider's headers, with lower-case names
   */
  record Reply(
      String taskId, int status, Map<String, String> headers, CallStats stats, Payload body)
      implements LiveMessage {
    public Reply {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * To the caller: a chunk of a streamed response, byte for byte.
   *
   * @param worker name of the sending worker
   * @param number number of the chunk, from 0
   * @param headers the provider's headers in the first chunk, otherwise empty
   */
  record Chunk(String taskId, String worker, int number, Map<String, String> headers, Payload body)
      implements LiveMessage {
    public Chunk {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * To the caller: the stream is complete.
   *
   * @param chunks total number of chunks
   */
  record StreamEnd(String taskId, int chunks, CallStats stats) implements LiveMessage {}

  /** To the caller: the call failed without a response, or its stream broke. */
  record Failed(String taskId, Failure failure, CallStats stats) implements LiveMessage {}
}
