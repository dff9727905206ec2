package dev.sluice.producer.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Where the queued tasks of each batch begin. An index scan that starts there does not read the
 * entries of tasks that have ended: until a vacuum they may be as many as the batch has tasks.
 *
 * <p>Tasks with lower lines come back when a batch was paused, or one of its tasks is replayed; so
 * a position is good for five seconds.
 */
final class FirstLines {
  private static final long VALID_NANOS = Duration.ofSeconds(5).toNanos();

  private final LongSupplier nanoTime;
  private final Map<Key, Position> positions = new ConcurrentHashMap<>();

  FirstLines(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Key(String route, UUID batch) {}

  private record Position(long line, long since) {}

  /** Where to begin; 0 for the batch's first line. */
  long firstLine(String route, UUID batch) {
    long now = nanoTime.getAsLong();
    positions.values().removeIf(position -> now - position.since() > VALID_NANOS);
    Position position = positions.get(new Key(route, batch));
    return position == null ? 0 : position.line();
  }

  /**
   * The lowest line that is queued, of those that were looked at; empty where none is.
   *
   * @param line at or behind {@link #firstLine}
   */
  void found(String route, UUID batch, OptionalLong line) {
    Key key = new Key(route, batch);
    if (line.isEmpty()) {
      positions.remove(key);
    } else {
      positions.merge(
          key,
          new Position(line.getAsLong(), nanoTime.getAsLong()),
          (before, found) -> new Position(found.line(), before.since()));
    }
  }
}
