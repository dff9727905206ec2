package dev.sluice.worker.live;

import dev.sluice.common.wire.CallFacts;
import dev.sluice.common.wire.Failure;
import dev.sluice.worker.provider.Reply.Answered;

/** What a waiting caller gets at the end. */
public sealed interface Answer {

  /** The provider's answer, whatever its status. */
  record Whole(Answered reply, CallFacts facts) implements Answer {}

  /** The end of the stream that it has already. */
  record EndOfStream(CallFacts facts) implements Answer {}

  /** No answer, or half of one. */
  record Failed(Failure failure, CallFacts facts) implements Answer {}
}
