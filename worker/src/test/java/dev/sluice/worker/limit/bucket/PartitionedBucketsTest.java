package dev.sluice.worker.limit.bucket;

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
    return Buckets.partitioned(() -> 1);
  }

  @Test
  void aWorkerAppliesItsLimitFractionAndEachChangeOfIt() {
    AtomicReference<Double> limitFraction = new AtomicReference<>(0.5);
    Buckets buckets = Buckets.partitioned(limitFraction::get);
    buckets.setRates(new Rates(Map.of(LimitKind.REQUESTS, 10.0), true));
    buckets.reserve(TokenCost.NONE);
    assertThat(buckets.reserve(TokenCost.NONE).nanos())
        .isBetween(Duration.ofMillis(140).toNanos(), Duration.ofMillis(200).toNanos());

    limitFraction.set(0.1);

    assertThat(buckets.reserve(TokenCost.NONE).nanos())
        .isGreaterThan(Duration.ofMillis(1_500).toNanos());
    assertThat(buckets.limitStorage()).isEqualTo("partitioned");
  }
}
