package dev.sluice.producer.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private static final String ADDRESS = "192.0.2.1";
  private static final KeyDigest VALID = KeyDigest.of("valid");
  private static final KeyDigest OTHER = KeyDigest.of("other");

  private final AtomicLong nanos = new AtomicLong();
  private final FailedLogins logins = new FailedLogins(nanos::get);

  @Test
  void addressWithTooManyWrongKeysCanTryOnePerSecond() {
    for (int i = 0; i < FailedLogins.MAX_ATTEMPTS; i++) {
      assertThat(logins.permits(ADDRESS, OTHER)).isTrue();
      logins.failed(ADDRESS);
    }
    assertThat(logins.permits(ADDRESS, OTHER)).isFalse();
    assertThat(logins.permits("192.0.2.2", OTHER)).as("another address").isTrue();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(logins.permits(ADDRESS, OTHER)).isTrue();
    logins.failed(ADDRESS);
    assertThat(logins.permits(ADDRESS, OTHER)).isFalse();
  }

  @Test
  void keyThatWasValidBeforeIsAlwaysChecked() {
    logins.succeeded(VALID);
    exhaust(ADDRESS);

    assertThat(logins.permits(ADDRESS, VALID)).isTrue();
    assertThat(logins.permits(ADDRESS, OTHER)).isFalse();
  }

  @Test
  void addressesOfOneIpv6NetworkShareTheirAttempts() {
    exhaust("2001:db8:0:1:0:0:0:1");

    assertThat(logins.permits("2001:db8:0:1:aaaa:0:0:2", OTHER)).isFalse();
    assertThat(logins.permits("2001:db8:0:2:0:0:0:1", OTHER)).isTrue();
  }

  @Test
  void memoryIsBounded() {
    exhaust(ADDRESS);
    for (int i = 0; i < FailedLogins.MAX_ENTRIES; i++) {
      logins.failed("198.51.100." + i);
      logins.succeeded(KeyDigest.of("key-" + i));
    }
    assertThat(logins.permits(ADDRESS, OTHER)).as("the oldest address is forgotten").isTrue();
    logins.succeeded(VALID);
    exhaust("192.0.2.9");
    assertThat(logins.permits("192.0.2.9", VALID)).isTrue();
  }

  @Test
  void failuresAreCounted() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    logins.bindTo(registry);
    exhaust(ADDRESS);
    assertThat(logins.permits(ADDRESS, OTHER)).isFalse();

    assertThat(count(registry, "wrong_key")).isEqualTo(FailedLogins.MAX_ATTEMPTS);
    assertThat(count(registry, "too_many_attempts")).isEqualTo(1);
  }

  private void exhaust(String address) {
    for (int i = 0; i < FailedLogins.MAX_ATTEMPTS; i++) {
      logins.failed(address);
    }
  }

  private static double count(SimpleMeterRegistry registry, String reason) {
    return registry.get("sluice.logins.failed").tag("reason", reason).functionCounter().count();
  }
}
