package dev.sluice.producer.access;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits the invalid API keys that a remote address can try: a token bucket of 20 attempts, with
 * one more per second. An address without attempts can only use keys that were valid before, so
 * that the other clients behind the same proxy are not affected.
 *
 * <p>Remembers at most 10,000 addresses and 10,000 keys (as digests).
 */
@Component
class FailedLogins implements MeterBinder {
  static final int MAX_ATTEMPTS = 20;
  static final int MAX_ENTRIES = 10_000;
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(FailedLogins.class);

  /** The first four groups of an IPv6 address: one client usually has all addresses of a /64. */
  private static final int IPV6_PREFIX_GROUPS = 4;

  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets = new RecentlyUsed();
  private final Set<ByteBuffer> validKeys = ConcurrentHashMap.newKeySet();
  private final AtomicLong wrongKeys = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();

  @Autowired
  FailedLogins() {
    this(System::nanoTime);
  }

  FailedLogins(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether a key of this address may be checked; counts the rejection if not. */
  boolean permits(String address, KeyDigest key) {
    if (validKeys.contains(ByteBuffer.wrap(key.bytes())) || hasAttempts(network(address))) {
      return true;
    }
    rejected.incrementAndGet();
    return false;
  }

  private boolean hasAttempts(String network) {
    synchronized (buckets) {
      Bucket bucket = buckets.get(network);
      return bucket == null || bucket.level(nanoTime.getAsLong()) >= 1;
    }
  }

  void succeeded(KeyDigest key) {
    ByteBuffer digest = ByteBuffer.wrap(key.bytes());
    if (!validKeys.contains(digest)) {
      if (validKeys.size() >= MAX_ENTRIES) {
        validKeys.clear();
      }
      validKeys.add(digest);
    }
  }

  void failed(String address) {
    wrongKeys.incrementAndGet();
    String network = network(address);
    boolean last;
    synchronized (buckets) {
      long now = nanoTime.getAsLong();
      Bucket bucket = buckets.computeIfAbsent(network, absent -> new Bucket(now));
      last = bucket.take(now);
    }
    if (last) {
      LOG.warn(
          "{} has sent {} invalid API keys; further ones are limited to one per second",
          network,
          MAX_ATTEMPTS);
    }
  }

  private static String network(String address) {
    String[] groups = address.split(":", -1);
    return groups.length <= IPV6_PREFIX_GROUPS
        ? address
        : String.join(":", Arrays.copyOf(groups, IPV6_PREFIX_GROUPS)) + "::/64";
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    counter(registry, "wrong_key", wrongKeys);
    counter(registry, "too_many_attempts", rejected);
  }

  private static void counter(MeterRegistry registry, String reason, AtomicLong count) {
    FunctionCounter.builder("sluice.logins.failed", count, AtomicLong::get)
        .description(
            "Requests whose API key was wrong, or was not checked after too many wrong ones")
        .tag("reason", reason)
        .register(registry);
  }

  /** The remaining attempts of an address; not thread-safe. */
  private static final class Bucket {
    private double attempts = MAX_ATTEMPTS;
    private long updated;
    private boolean warned;

    Bucket(long now) {
      this.updated = now;
    }

    double level(long now) {
      attempts = Math.min(MAX_ATTEMPTS, attempts + (now - updated) / (double) INTERVAL.toNanos());
      updated = now;
      warned &= attempts < MAX_ATTEMPTS;
      return attempts;
    }

    /** Takes an attempt; true if it is the last one since the bucket was full. */
    boolean take(long now) {
      attempts = Math.max(0, level(now) - 1);
      boolean isLast = attempts < 1 && !warned;
      warned |= isLast;
      return isLast;
    }
  }

  private static final class RecentlyUsed extends LinkedHashMap<String, Bucket> {
    private static final long serialVersionUID = 1L;

    RecentlyUsed() {
      super(16, 0.75f, /* accessOrder= */ true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > MAX_ENTRIES;
    }
  }
}
