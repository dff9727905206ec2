package dev.sluice.worker.limit;

import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.function.UnaryOperator;

/**
 * Corrects a call's charge after its end: refunds unused tokens and debits excess ones, at most one
 * minute of each limit. So a wrong usage in one reply cannot stop the route for longer.
 */
final class UsageReconciler {
  private final Buckets buckets;
  private final boolean chargesUnusedReply;
  private final UnaryOperator<TokenCost> capToOneMinute;

  UsageReconciler(
      Buckets buckets, ProviderDialect dialect, UnaryOperator<TokenCost> capToOneMinute) {
    this.buckets = buckets;
    this.capToOneMinute = capToOneMinute;
    this.chargesUnusedReply = chargesUnusedReply(dialect);
  }

  /** OpenAI and Azure charge the maximum reply of a call and refund nothing. */
  static boolean chargesUnusedReply(ProviderDialect dialect) {
    return dialect == ProviderDialect.OPENAI || dialect == ProviderDialect.AZURE_OPENAI;
  }

  void reconcile(TokenCost reserved, CallFeedback feedback) {
    switch (feedback) {
      case CallFeedback.Succeeded succeeded when succeeded.used() != null ->
          correct(reserved, succeeded.used());
      case CallFeedback.Throttled throttled -> buckets.refund(reserved, false);
      case CallFeedback.NoCapacity refused -> buckets.refund(reserved, false);
      case CallFeedback.NotSent notSent -> buckets.refund(reserved, true);
      case CallFeedback.Failed failed when !failed.reached() -> buckets.refund(reserved, true);
      case CallFeedback.Succeeded succeeded -> {}
      case CallFeedback.Failed failed -> {}
      case CallFeedback.Rejected rejected -> {}
      case CallFeedback.RouteUnavailable unavailable -> {}
      case CallFeedback.Abandoned abandoned -> {}
    }
  }

  private void correct(TokenCost reserved, TokenCost used) {
    long unusedReply = chargesUnusedReply ? 0 : excess(reserved.output(), used.output());
    buckets.refund(new TokenCost(excess(reserved.input(), used.input()), unusedReply), false);
    TokenCost excess =
        new TokenCost(
            excess(used.input(), reserved.input()), excess(used.output(), reserved.output()));
    if (excess.total() > 0) {
      buckets.debit(capToOneMinute.apply(excess));
    }
  }

  private static long excess(long amount, long other) {
    return Math.max(0, amount - other);
  }
}
