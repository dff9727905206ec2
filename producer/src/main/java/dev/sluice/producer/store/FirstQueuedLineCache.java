package dev.sluice.producer.store;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Caches the first line with a queued task, for each batch and route. An index scan that starts
 * there skips the entries of earlier tasks, which stay in the index until a vacuum.
 *
 * <p>Tasks with lower line numbers are queued again after a pause or a replay, so a position is
 * valid for five seconds.
 */
final class FirstQueuedLineCache {
  private static final long VALID_NANOS = Duration.ofSeconds(5).toNanos();

  private final LongSupplier nanoTime;
  private final Map<Key, Position> positions = new ConcurrentHashMap<>();

  FirstQueuedLineCache(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Key(String route, UUID batch) {}

  private record Position(long line, long since) {}

  /** The line number at which a scan starts; 0 without a valid position. */
  long firstLine(String route, UUID batch) {
    long now = nanoTime.getAsLong();
    positions.values().removeIf(position -> now - position.since() > VALID_NANOS);
    Position position = positions.get(new Key(route, batch));
    return position == null ? 0 : position.line();
  }

  /**
   * Stores the result of a scan that started at {@link #firstLine}.
   *
   * @param line the lowest line number with a queued task; empty if the scan found none
   */
  void update(String route, UUID batch, OptionalLong line) {
    Key key = new Key(route, batch);
    if (line.isEmpty()) {
      positions.remove(key);
    } else {
      positions.merge(
          key,
          new Position(line.getAsLong(), nanoTime.getAsLong()),
          (old, found) -> new Position(found.line(), old.since()));
    }
  }
}
