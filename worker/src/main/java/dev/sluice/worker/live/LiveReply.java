package dev.sluice.worker.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.worker.provider.Reply.Answered;

/** The last message that a live caller receives. */
public sealed interface LiveReply {

  /** The provider's complete reply, with any HTTP status. */
  record Complete(Answered reply, CallStats stats) implements LiveReply {}

  /** The end of a streamed reply. */
  record StreamEnd(CallStats stats) implements LiveReply {}

  /** No reply, or an incomplete one. */
  record Failed(Failure failure, CallStats stats) implements LiveReply {}
}
