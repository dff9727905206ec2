package dev.sluice.worker.limit;

import dev.sluice.common.route.Dialect;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.pace.Cost;

/**
 * Puts right what calls were charged, by what is known at their end: one that used less gets the
 * rest back, one that used more pays.
 */
final class Corrections {
  private final Buckets buckets;

  private final boolean unusedReplyIsSpent;

  Corrections(Buckets buckets, Dialect dialect) {
    this.buckets = buckets;
    this.unusedReplyIsSpent = isUnusedReplySpent(dialect);
  }

  /** OpenAI charges the longest reply that a call allows, and gives nothing of it back. */
  static boolean isUnusedReplySpent(Dialect dialect) {
    return dialect == Dialect.OPENAI || dialect == Dialect.AZURE_OPENAI;
  }

  void putRight(Cost charged, CallEnd end) {
    switch (end) {
      case CallEnd.Took took when took.used() != null -> used(charged, took.used());
      case CallEnd.Throttled throttled -> buckets.giveBack(charged, false);
      case CallEnd.NotMade notMade -> buckets.giveBack(charged, true);
      case CallEnd.Failed failed when !failed.reached() -> buckets.giveBack(charged, true);
      case CallEnd.Took took -> {}
      case CallEnd.Failed failed -> {}
      case CallEnd.Refused refused -> {}
      case CallEnd.Down down -> {}
      case CallEnd.LeftOff leftOff -> {}
    }
  }

  private void used(Cost charged, Cost used) {
    long unusedReply = unusedReplyIsSpent ? 0 : over(charged.output(), used.output());
    buckets.giveBack(new Cost(over(charged.input(), used.input()), unusedReply), false);
    buckets.charge(
        new Cost(over(used.input(), charged.input()), over(used.output(), charged.output())));
  }

  private static long over(long one, long other) {
    return Math.max(0, one - other);
  }
}
