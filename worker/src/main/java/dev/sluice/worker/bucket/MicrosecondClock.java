package dev.sluice.worker.bucket;

import io.github.bucket4j.TimeMeter;
import java.time.Instant;

/**
 * The time of day, on which all workers agree, finer than milliseconds: at twenty calls a second a
 * millisecond is two in a hundred of the distance between two.
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
