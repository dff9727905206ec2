package dev.sluice.worker.limit.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.Ports;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

class RedisBucketsIT extends BucketsSuite {
  private static final Rates ONE_PER_SECOND = new Rates(Map.of(LimitKind.REQUESTS, 1.0), true);
  private static final Duration SOON = Duration.ofSeconds(60);

  private static @Nullable RedisServer redis;
  private static @Nullable RedisBucketStore store;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    port = Ports.free();
    redis = server(port);
    redis.start();
    store = storeAt(port);
  }

  @AfterAll
  static void stop() throws IOException {
    Objects.requireNonNull(store).close();
    Objects.requireNonNull(redis).stop();
  }

  @Override
  Buckets buckets() {
    return Buckets.shared(Objects.requireNonNull(store), UUID.randomUUID().toString(), () -> 1);
  }

  @Test
  void workersOfARouteShareItsBuckets() {
    String route = UUID.randomUUID().toString();
    try (RedisBucketStore otherStore = storeAt(port)) {
      Buckets one = Buckets.shared(Objects.requireNonNull(store), route, () -> 0.5);
      Buckets other = Buckets.shared(otherStore, route, () -> 0.5);
      one.setRates(ONE_PER_SECOND);
      other.setRates(ONE_PER_SECOND);
      for (int i = 0; i < 10; i++) {
        one.reserve(TokenCost.NONE);
        other.reserve(TokenCost.NONE);
      }

      assertThat(one.reserve(TokenCost.NONE).nanos())
          .isGreaterThan(Duration.ofSeconds(17).toNanos());
      assertThat(one.limitStorage()).isEqualTo("redis");
    }
  }

  @Test
  void duringARedisOutageEachWorkerAppliesItsFractionAndThenSharesAgain() throws IOException {
    int ownPort = Ports.free();
    RedisServer first = server(ownPort);
    RedisServer second = server(ownPort);
    first.start();
    try (RedisBucketStore ownStore = storeAt(ownPort)) {
      Buckets buckets = Buckets.shared(ownStore, "r", () -> 0.5);
      buckets.setRates(ONE_PER_SECOND);
      buckets.reserve(TokenCost.NONE);
      first.stop();

      long start = System.nanoTime();
      buckets.reserve(TokenCost.NONE);
      ReservationDelay delay = buckets.reserve(TokenCost.NONE);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("one timeout")
          .isLessThan(Duration.ofSeconds(2));
      assertThat(delay.nanos())
          .as("half of the rate")
          .isGreaterThan(Duration.ofMillis(1_500).toNanos());
      assertThat(buckets.limitStorage()).isEqualTo("partitioned");

      second.start();
      await().atMost(SOON).until(() -> buckets.limitStorage().equals("redis"));
      buckets.reserve(TokenCost.NONE);
      assertThat(buckets.limitStorage()).isEqualTo("redis");
    } finally {
      first.stop();
      second.stop();
    }
  }

  private static RedisBucketStore storeAt(int at) {
    RedisBucketStore connected = RedisBucketStore.at(RedisURI.create("127.0.0.1", at), null);
    await().atMost(SOON).until(connected::isUp);
    return connected;
  }

  private static RedisServer server(int at) throws IOException {
    return RedisServer.newRedisServer().port(at).bind("127.0.0.1").setting("save \"\"").build();
  }
}
