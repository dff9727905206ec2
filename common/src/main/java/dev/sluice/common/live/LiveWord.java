package dev.sluice.common.live;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.CallFacts;
import dev.sluice.common.wire.Failure;
import java.util.Map;

/**
 * What is said about a live task while its caller waits. A worker {@link Claim}s the task before it
 * calls the provider and goes on only with {@link Go}; then come either one {@link Whole}, or
 * {@link Part}s and an {@link End}, or a {@link Failed}. The caller's side may say {@link Gone} at
 * any time.
 */
public sealed interface LiveWord {

  /** The id of the task that it is about. */
  String taskId();

  /** To the caller: does somebody still wait? */
  record Claim(String taskId, String worker, String answerTo) implements LiveWord {}

  /** To the worker: the caller waits, make the call. */
  record Go(String taskId) implements LiveWord {}

  /**
   * To the worker that asks, or to all: nobody waits, make no call, or leave off the one that runs.
   */
  record Gone(String taskId) implements LiveWord {}

  /**
   * To the caller: the provider's answer.
   *
   * @param headers the provider's, names in small letters
   */
  record Whole(String taskId, int status, Map<String, String> headers, CallFacts facts, Body body)
      implements LiveWord {
    public Whole {
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
  record Part(String taskId, String worker, int number, Map<String, String> headers, Body body)
      implements LiveWord {
    public Part {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * To the caller: the stream is whole.
   *
   * @param parts how many there were
   */
  record End(String taskId, int parts, CallFacts facts) implements LiveWord {}

  /** To the caller: there is no answer of the provider's, or its stream broke. */
  record Failed(String taskId, Failure failure, CallFacts facts) implements LiveWord {}
}
