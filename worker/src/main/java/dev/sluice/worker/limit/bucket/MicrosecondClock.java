package dev.sluice.worker.limit.bucket;

import io.github.bucket4j.TimeMeter;
import java.time.Instant;

/**
 * The wall clock with microsecond resolution.
 *
 * <p>The buckets in Redis need a clock on which all workers agree, for example by NTP. Milliseconds
 * are too coarse: at 20 calls per second, 1 ms is 2 % of the interval between calls.
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
