package dev.sluice.worker.bucket;

import io.github.bucket4j.TimeMeter;
import java.time.Instant;

/**
 * The time of day, finer than milliseconds. The workers' clocks have to agree, as NTP has them: at
 * twenty calls a second a millisecond is two in a hundred of the distance between two.
 */
final class MicrosecondClock implements TimeMeter {
  @Override
  public long currentTimeNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  @Override
  public boolean isWallClockBased() {
    return true;
  }
}
