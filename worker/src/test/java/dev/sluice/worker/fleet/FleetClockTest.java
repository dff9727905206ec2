package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;

class FleetClockTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final Duration DAY_AND_HOUR = Duration.ofHours(25);

  private Instant own = NOON;
  private long nanos = Long.MAX_VALUE - 1; // System.nanoTime() may overflow
  private final InstantSource machine = () -> own;
  private final FleetClock clock = new FleetClock(machine.withZone(ZoneOffset.UTC), () -> nanos);

  @Test
  void ownTimeAppliesUntilAProducerSendsItsTime() {
    assertThat(clock.instant()).isEqualTo(NOON);
    assertThat(clock.offset()).isZero();
    assertThat(clock.isReliable()).isFalse();
    subscribe("queue");
    advance(FleetClock.FIRST_MESSAGE_TIMEOUT);
    assertThat(clock.isReliable()).isTrue();
    subscribe("queue"); // after a reconnect
    assertThat(clock.isReliable()).isTrue();
  }

  @Test
  void waitForProducersBeginsWithTheSubscription() {
    subscribe("other");
    advance(FleetClock.FIRST_MESSAGE_TIMEOUT);
    assertThat(clock.isReliable()).isFalse();
    subscribe("queue");
    assertThat(clock.isReliable()).isFalse();
    advance(FleetClock.FIRST_MESSAGE_TIMEOUT);
    assertThat(clock.isReliable()).isTrue();
  }

  private void subscribe(String queue) {
    new FleetSubscriptionListener("queue", clock)
        .onApplicationEvent(new ConsumeOkEvent(this, queue, "consumer"));
  }

  @Test
  void ownClockDoesNotFollowTheProducers() {
    own = NOON.plus(DAY_AND_HOUR);
    clock.onProducerTime(NOON);

    assertThat(clock.instant()).isEqualTo(NOON);
    assertThat(clock.own().instant()).isEqualTo(own);
  }

  @Test
  void ownTimeAppliesWithinTheTolerance() {
    clock.onProducerTime(NOON.minus(FleetClock.TOLERANCE));
    assertThat(clock.isReliable()).isTrue();
    assertThat(clock.instant()).isEqualTo(NOON);
    assertThat(clock.offset()).isEqualTo(FleetClock.TOLERANCE);
  }

  @Test
  void producersTimeAppliesIfThisClockIsAheadOrBehind() {
    own = NOON.plus(DAY_AND_HOUR);
    clock.onProducerTime(NOON);
    advance(Duration.ofSeconds(30));
    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(30));
    assertThat(clock.offset()).isEqualTo(DAY_AND_HOUR);

    own = NOON.minus(DAY_AND_HOUR);
    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(30));
  }

  @Test
  void aClockThatIsSetAfterTheStartDoesNotMatter() {
    clock.onProducerTime(NOON);
    own = NOON.plus(DAY_AND_HOUR);
    assertThat(clock.instant()).isEqualTo(NOON);
    own = NOON.plusSeconds(1);
    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  void earlierOfTwoProducersAppliesWhileItSendsItsTime() {
    own = NOON.plus(DAY_AND_HOUR);
    for (int i = 0; i < 100; i++) {
      clock.onProducerTime(own);
      clock.onProducerTime(own.minus(DAY_AND_HOUR));
      clock.onProducerTime(own);
      assertThat(clock.instant()).isEqualTo(own.minus(DAY_AND_HOUR));
      advance(Duration.ofSeconds(2));
    }
    advance(FleetClock.TOLERANCE);
    clock.onProducerTime(own);
    assertThat(clock.instant()).isEqualTo(own);
  }

  private void advance(Duration duration) {
    nanos += duration.toNanos();
    own = own.plus(duration);
  }
}
