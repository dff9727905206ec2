package dev.sluice.worker.limit.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** A bucket of 20 with a refill of 10 per second, and a window of 100 each 10 s. */
class PredictedQuotaTest {
  private static final long SECOND = 1_000_000_000;
  private static final QuotaRefill BUCKET = new QuotaRefill.Bucket(20, 10);
  private static final QuotaRefill WINDOW = new QuotaRefill.Window(100, 10 * SECOND, 10 * SECOND);

  private final PredictedQuota quota = new PredictedQuota(0);

  @Test
  void aReplyIsCorrectedByTheRefillAndTheCallsSentSince() {
    SentCall first = send(0, 0);
    send(1, SECOND / 2);
    send(2, SECOND);
    quota.onReading(first, 5, BUCKET);

    assertLevel(SECOND, 13); // 5 + 10 - 2
    assertLevel(3 * SECOND, 20);
  }

  @Test
  void refillBeyondTheDepthOfTheBucketIsLost() {
    SentCall first = send(0, 0);
    send(1, 2 * SECOND);
    quota.onReading(first, 19, BUCKET);

    assertLevel(2 * SECOND, 19);
  }

  @Test
  void aCallThatWasNotAdmittedIsNotCharged() {
    SentCall first = send(0, 0);
    SentCall rejected = send(1, 0);
    quota.onReading(first, 5, BUCKET);
    assertLevel(0, 4);
    quota.onNotAdmitted(rejected);

    assertLevel(0, 5);
  }

  @Test
  void aCallWaitsUntilTheBucketHasItsAmount() {
    quota.onReading(send(0, 0), 5, BUCKET);

    assertThat(quota.availableAt(5, 0)).isZero();
    assertThat(quota.availableAt(10, 0)).isEqualTo(SECOND / 2);
    assertThat(quota.availableAt(1_000, 0)).as("at most the depth").isEqualTo(SECOND * 3 / 2);
  }

  @Test
  void aWindowIsFullAtItsEndAndAtTheEndOfEachLaterOne() {
    quota.onReading(send(0, 0), 0, WINDOW);
    assertLevel(10 * SECOND - 1, 0);
    assertThat(quota.availableAt(1, SECOND)).isEqualTo(10 * SECOND);
    assertLevel(10 * SECOND, 100);
    send(1, 12 * SECOND);

    assertLevel(19 * SECOND, 99);
    assertLevel(20 * SECOND, 100);
  }

  @Test
  void theReplyToAnEarlierCallIsNoNews() {
    SentCall first = send(0, 0);
    SentCall second = send(1, 0);
    quota.onReading(second, 5, BUCKET);

    assertThat(quota.isNewer(first)).isFalse();
    assertThat(quota.isNewer(second)).isTrue();
  }

  private SentCall send(long sequence, long at) {
    SentCall call = new SentCall(TokenCost.NONE, sequence, at);
    quota.onSent(call, 1);
    return call;
  }

  private void assertLevel(long now, double level) {
    assertThat(quota.level(now)).isCloseTo(level, within(1e-9));
  }
}
