package dev.sluice.worker.limit;

import dev.sluice.common.route.ProviderDialect;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.limit.rate.TokenCost;

/**
 * Puts right what calls were charged, by what is known at their end: one that used less gets the
 * rest back, one that used more pays.
 */
final class UsageReconciler {
  private final Buckets buckets;

  private final boolean unusedReplyIsSpent;

  UsageReconciler(Buckets buckets, ProviderDialect dialect) {
    this.buckets = buckets;
    this.unusedReplyIsSpent = isUnusedReplySpent(dialect);
  }

  /** OpenAI charges the longest reply that a call allows, and gives nothing of it back. */
  static boolean isUnusedReplySpent(ProviderDialect dialect) {
    return dialect == ProviderDialect.OPENAI || dialect == ProviderDialect.AZURE_OPENAI;
  }

  void putRight(TokenCost charged, CallFeedback end) {
    switch (end) {
      case CallFeedback.Succeeded succeeded when succeeded.used() != null ->
          used(charged, succeeded.used());
      case CallFeedback.Throttled throttled -> buckets.refund(charged, false);
      case CallFeedback.NotSent notSent -> buckets.refund(charged, true);
      case CallFeedback.Failed failed when !failed.reached() -> buckets.refund(charged, true);
      case CallFeedback.Succeeded succeeded -> {}
      case CallFeedback.Failed failed -> {}
      case CallFeedback.Rejected rejected -> {}
      case CallFeedback.RouteUnavailable routeUnavailable -> {}
      case CallFeedback.Abandoned abandoned -> {}
    }
  }

  private void used(TokenCost charged, TokenCost used) {
    long unusedReply = unusedReplyIsSpent ? 0 : over(charged.output(), used.output());
    buckets.refund(new TokenCost(over(charged.input(), used.input()), unusedReply), false);
    buckets.debit(
        new TokenCost(over(used.input(), charged.input()), over(used.output(), charged.output())));
  }

  private static long over(long one, long other) {
    return Math.max(0, one - other);
  }
}
