package dev.sluice.worker.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.worker.provider.Reply.Answered;

/** What a waiting caller gets at the end. */
public sealed interface LiveReply {

  /** The provider's answer, whatever its status. */
  record Complete(Answered reply, CallStats stats) implements LiveReply {}

  /** The end of the stream that it has already. */
  record EndOfStream(CallStats stats) implements LiveReply {}

  /** No answer, or half of one. */
  record Failed(Failure failure, CallStats stats) implements LiveReply {}
}
