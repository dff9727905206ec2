package dev.sluice.common.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.Payload;
import java.util.Map;

/**
 * What is said about a live task while its caller waits. A worker {@link Claim}s the task before it
 * calls the provider and goes on only with {@link Proceed}; then come either one {@link Reply}, or
 * {@link Chunk}s and an {@link StreamEnd}, or a {@link Failed}. The caller's side may say {@link
 * Cancelled} at any time.
 */
public sealed interface LiveMessage {

  /** The id of the task that it is about. */
  String taskId();

  /** To the caller: does somebody still wait? */
  record Claim(String taskId, String worker, String answerTo) implements LiveMessage {}

  /** To the worker: the caller waits, make the call. */
  record Proceed(String taskId) implements LiveMessage {}

  /**
   * To the worker that asks, or to all: nobody waits, make no call, or leave off the one that runs.
   */
  record Cancelled(String taskId) implements LiveMessage {}

  /**
   * To the caller: the provider's answer.
   *
   * @param headers the provider's, names in small letters
   */
  record Reply(
      String taskId, int status, Map<String, String> headers, CallStats facts, Payload body)
      implements LiveMessage {
    public Reply {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * To the caller: a piece of a streamed answer, byte for byte.
   *
   * @param worker who sends it
   * @param number its place, from 0
   * @param headers the provider's, with the first part; else empty
   */
  record Chunk(String taskId, String worker, int number, Map<String, String> headers, Payload body)
      implements LiveMessage {
    public Chunk {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * To the caller: the stream is whole.
   *
   * @param parts how many there were
   */
  record StreamEnd(String taskId, int parts, CallStats facts) implements LiveMessage {}

  /** To the caller: there is no answer of the provider's, or its stream broke. */
  record Failed(String taskId, Failure failure, CallStats facts) implements LiveMessage {}
}
