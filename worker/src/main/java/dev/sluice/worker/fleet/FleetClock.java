package dev.sluice.worker.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time for deadlines and delays. Producers set deadlines, and other workers read due times, so
 * all must agree. If this worker's clock differs from the producers' by more than one minute, the
 * producers' time applies: it was received with their messages, and continues monotonically.
 *
 * <p>If producers disagree with each other, the earlier time applies, so that no task expires too
 * early. A later time applies if no producer has confirmed the earlier one for one minute.
 */
public final class FleetClock extends Clock {
  private static final Logger log = LoggerFactory.getLogger(FleetClock.class);

  /** Above the resolution of the messages' time (1 s) and their usual latency. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  /** A producer answers the first report of a worker, and publishes its time every 2 s. */
  static final Duration FIRST_MESSAGE_TIMEOUT = Duration.ofSeconds(10);

  private final Clock own;
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Long> subscribedAt = new AtomicReference<>();
  private volatile @Nullable ProducerTime producerTime;
  private boolean warned;

  /**
   * @param own the clock of this machine
   * @param nanoTime a monotonic clock
   */
  public FleetClock(Clock own, LongSupplier nanoTime) {
    this.own = own;
    this.nanoTime = nanoTime;
  }

  /**
   * A time that a producer sent.
   *
   * @param receivedAt in nanoseconds of the monotonic clock
   */
  private record ProducerTime(Instant time, long receivedAt) {
    Instant at(long nanos) {
      return time.plusNanos(nanos - receivedAt);
    }

    Duration age(long nanos) {
      return Duration.ofNanos(nanos - receivedAt);
    }
  }

  /** This worker receives the producers' messages from now on; only the first call counts. */
  void onSubscribed() {
    subscribedAt.compareAndSet(null, nanoTime.getAsLong());
  }

  /** The clock of this machine, for times that come from others than producers. */
  public Clock own() {
    return own;
  }

  /** Applies the time of a message that a producer has just sent. */
  synchronized void onProducerTime(Instant time) {
    long now = nanoTime.getAsLong();
    ProducerTime current = producerTime;
    if (current == null
        || time.isBefore(current.at(now).plus(TOLERANCE))
        || current.age(now).compareTo(TOLERANCE) > 0) {
      producerTime = new ProducerTime(time, now);
    }
    warnOnce();
  }

  private void warnOnce() {
    Duration offset = offset();
    boolean disagrees = isAboveTolerance(offset);
    if (disagrees && !warned) {
      log.warn(
          "The clock of this machine differs from the producers' by {} s. Deadlines and delays follow the producers' clock. Synchronize the clock, for example with NTP.",
          offset.toSeconds());
    } else if (!disagrees && warned) {
      log.info("The clock of this machine agrees with the producers' again");
    }
    warned = disagrees;
  }

  /**
   * Whether deadlines can be compared with this clock: a producer has sent its time, or none has
   * within 10 s of the first subscription.
   */
  public boolean isReliable() {
    Long subscribed = subscribedAt.get();
    return producerTime != null
        || (subscribed != null
            && nanoTime.getAsLong() - subscribed >= FIRST_MESSAGE_TIMEOUT.toNanos());
  }

  /** This machine's time minus the producers'; zero if no producer has sent its time. */
  public Duration offset() {
    ProducerTime producers = producerTime;
    return producers == null
        ? Duration.ZERO
        : Duration.between(producers.at(nanoTime.getAsLong()), own.instant());
  }

  @Override
  public Instant instant() {
    ProducerTime producers = producerTime;
    return producers == null || !isAboveTolerance(offset())
        ? own.instant()
        : producers.at(nanoTime.getAsLong());
  }

  private static boolean isAboveTolerance(Duration offset) {
    return offset.abs().compareTo(TOLERANCE) > 0;
  }

  @Override
  public ZoneId getZone() {
    return own.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("deadlines are instants, without a time zone");
  }
}
