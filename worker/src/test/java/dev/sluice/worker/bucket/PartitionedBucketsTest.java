package dev.sluice.worker.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PartitionedBucketsTest extends BucketsSuite {
  @Override
  Buckets buckets() {
    return Buckets.divided(() -> 1);
  }

  @Test
  void aWorkerHandsOutItsPartAlsoWhenThatChanges() {
    AtomicReference<Double> part = new AtomicReference<>(0.5);
    Buckets buckets = Buckets.divided(part::get);
    buckets.setRates(new Rates(Map.of(LimitKind.REQUESTS, 10.0), true));
    buckets.reserve(TokenCost.OF_A_REQUEST);
    assertThat(buckets.reserve(TokenCost.OF_A_REQUEST).nanos())
        .isBetween(Duration.ofMillis(140).toNanos(), Duration.ofMillis(200).toNanos());

    part.set(0.1);

    assertThat(buckets.reserve(TokenCost.OF_A_REQUEST).nanos())
        .isGreaterThan(Duration.ofMillis(1_500).toNanos());
    assertThat(buckets.storage()).isEqualTo("divided");
  }
}
