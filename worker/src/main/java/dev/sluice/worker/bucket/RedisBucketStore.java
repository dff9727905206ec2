package dev.sluice.worker.bucket;

import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * A Redis or Valkey that keeps the buckets of all workers.
 *
 * <p>Every wait for it is bounded, and after one that failed nobody asks it again before a ping in
 * the background has come back: a store that is down costs one short wait, not one for each call.
 */
public final class RedisBucketStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisBucketStore.class);
  private static final Duration ANSWER_WITHIN = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration KEPT = Duration.ofMinutes(10);

  /** What there is once it answered for the first time; the client connects again by itself. */
  private record StoreConnection(
      StatefulRedisConnection<String, byte[]> connection, ProxyManager<String> buckets) {}

  private final RedisClient client;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean up;
  private volatile boolean closed;
  private volatile @Nullable StoreConnection storeConnection;

  private RedisBucketStore(RedisClient client) {
    this.client = client;
  }

  /**
   * Connects in the background: until then it counts as down.
   *
   * @param uri from {@code redis://} or {@code rediss://} with host and port, and how to log in
   * @param bundle what its certificate is checked with; null for Java's own authorities
   */
  public static RedisBucketStore at(RedisURI uri, @Nullable SslBundle bundle) {
    uri.setTimeout(ANSWER_WITHIN);
    RedisClient client = RedisClient.create(uri);
    ClientOptions.Builder options =
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(PAUSE).build())
            .timeoutOptions(TimeoutOptions.enabled(ANSWER_WITHIN));
    if (bundle != null) {
      options.sslOptions(tls(bundle));
    }
    client.setOptions(options.build());
    RedisBucketStore store = new RedisBucketStore(client);
    store.lookAgain(true);
    return store;
  }

  private static SslOptions tls(SslBundle bundle) {
    return SslOptions.builder()
        .jdkSslProvider()
        .keyManager(bundle.getManagers().getKeyManagerFactory())
        .trustManager(bundle.getManagers().getTrustManagerFactory())
        .build();
  }

  /** Whether it answered when it was last asked. */
  boolean isUp() {
    return up;
  }

  /** It did not answer: it counts as down until a ping comes back. */
  void failed(RuntimeException failure) {
    if (up) {
      up = false;
      log.warn(
          "Redis does not answer, each worker keeps its part of the limits: {}", text(failure));
    }
    lookAgain(false);
  }

  /** The buckets of that name; to be asked only while it is up. */
  Buckets buckets(String name) {
    return RouteBuckets.inRedis(
        () -> Objects.requireNonNull(storeConnection, "it was up once").buckets(), name);
  }

  @Override
  public void close() {
    closed = true;
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }

  /**
   * @param telling whether it is news that it does not answer
   */
  private void lookAgain(boolean telling) {
    if (asked.compareAndSet(false, true)) {
      Thread.ofVirtual().name("redis-look").start(() -> look(telling));
    }
  }

  private void look(boolean telling) {
    try {
      boolean isNews = telling;
      while (!closed && !answers(isNews)) {
        isNews = false;
        Thread.sleep(PAUSE);
      }
      up = !closed;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      asked.set(false);
    }
  }

  /**
   * @param isNews whether it is to be told that it does not
   */
  private boolean answers(boolean isNews) {
    try {
      StoreConnection known = storeConnection;
      if (known == null) {
        known = connect();
        storeConnection = known;
      }
      known.connection().sync().ping();
      log.info("Redis answers: the workers share the limits");
      return true;
    } catch (RuntimeException down) {
      if (isNews) {
        log.warn("Redis is not reached, it is tried again each second: {}", text(down));
      }
      return false;
    }
  }

  private StoreConnection connect() {
    StatefulRedisConnection<String, byte[]> connection =
        client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    return new StoreConnection(
        connection,
        Bucket4jLettuce.casBasedBuilder(connection)
            .clientClock(new MicrosecondClock())
            .requestTimeout(ANSWER_WITHIN)
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
            .build());
  }

  /** The innermost words: those of the network, of TLS or of Redis itself. */
  private static String text(RuntimeException failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return String.valueOf(innermost.getMessage());
  }
}
