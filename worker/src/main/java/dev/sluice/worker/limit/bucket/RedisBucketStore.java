package dev.sluice.worker.limit.bucket;

import dev.sluice.common.process.FatalErrors;
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
 * The Redis or Valkey server that stores the buckets of all workers.
 *
 * <p>Every request times out after 250 ms. After a failed request the store counts as down, until a
 * background ping succeeds. An outage therefore costs one timeout, not one per call.
 */
public final class RedisBucketStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisBucketStore.class);
  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(250);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration RECONNECT_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MAX_BUCKET_AGE = Duration.ofMinutes(10);

  /** Exists after the first successful connect. Lettuce then reconnects by itself. */
  private record StoreConnection(
      StatefulRedisConnection<String, byte[]> connection, ProxyManager<String> buckets) {}

  private final RedisClient client;
  private final AtomicBoolean isReconnecting = new AtomicBoolean();
  private volatile boolean up;
  private volatile boolean closed;
  private volatile @Nullable StoreConnection storeConnection;

  private RedisBucketStore(RedisClient client) {
    this.client = client;
  }

  /**
   * Connects in the background. The store counts as down until it is connected.
   *
   * @param uri {@code redis://} or {@code rediss://} with host, port and credentials
   * @param bundle verifies the server's certificate; null for the JVM's default truststore
   */
  public static RedisBucketStore at(RedisURI uri, @Nullable SslBundle bundle) {
    uri.setTimeout(REQUEST_TIMEOUT);
    RedisClient client = RedisClient.create(uri);
    ClientOptions.Builder options =
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .timeoutOptions(TimeoutOptions.enabled(REQUEST_TIMEOUT));
    if (bundle != null) {
      options.sslOptions(tls(bundle));
    }
    client.setOptions(options.build());
    RedisBucketStore store = new RedisBucketStore(client);
    store.startReconnect(/* logsFirstFailure= */ true);
    return store;
  }

  private static SslOptions tls(SslBundle bundle) {
    return SslOptions.builder()
        .jdkSslProvider()
        .keyManager(bundle.getManagers().getKeyManagerFactory())
        .trustManager(bundle.getManagers().getTrustManagerFactory())
        .build();
  }

  /** Whether the last request or ping succeeded. */
  boolean isUp() {
    return up;
  }

  /** Marks the store as down until a background ping succeeds. */
  void onFailure(RuntimeException failure) {
    if (up) {
      up = false;
      log.warn(
          "Redis failed; each worker now applies its fraction of the limits: {}",
          rootMessage(failure));
    }
    startReconnect(/* logsFirstFailure= */ false);
  }

  /** Returns the buckets of a route. They may be used only while the store is up. */
  Buckets buckets(String name) {
    return RouteBuckets.inRedis(
        () -> Objects.requireNonNull(storeConnection, "not connected yet").buckets(), name);
  }

  @Override
  public void close() {
    closed = true;
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }

  private void startReconnect(boolean logsFirstFailure) {
    if (isReconnecting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("redis-reconnect").start(() -> reconnect(logsFirstFailure));
    }
  }

  private void reconnect(boolean logsFirstFailure) {
    try {
      boolean logsFailure = logsFirstFailure;
      while (!closed && !ping(logsFailure)) {
        logsFailure = false;
        Thread.sleep(RECONNECT_INTERVAL);
      }
      up = !closed;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      isReconnecting.set(false);
    }
  }

  private boolean ping(boolean logsFailure) {
    try {
      StoreConnection current = storeConnection;
      if (current == null) {
        current = connect();
        storeConnection = current;
      }
      current.connection().sync().ping();
      log.info("Redis is connected; the workers share the limits");
      return true;
    } catch (RuntimeException failure) {
      if (logsFailure) {
        log.warn("Cannot connect to Redis; retrying every second: {}", rootMessage(failure));
      }
      return false;
    } catch (Error bug) { // a dead thread would never connect again
      FatalErrors.endProcessIfFatal(bug);
      log.error("Cannot connect to Redis; retrying every second", bug);
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
            .requestTimeout(REQUEST_TIMEOUT)
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(MAX_BUCKET_AGE))
            .build());
  }

  /** Lettuce wraps the cause; the innermost message names the network, TLS or Redis error. */
  private static String rootMessage(RuntimeException failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return String.valueOf(innermost.getMessage());
  }
}
