package dev.sluice.producer.infrastructure.database;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/** Converts values to types and texts that PostgreSQL accepts. */
public final class SqlValues {
  private SqlValues() {}

  /** Returns the current time of the clock, UTC. */
  public static OffsetDateTime now(Clock clock) {
    return at(clock.instant());
  }

  /** Returns a time in the type that the driver maps to {@code timestamptz}. */
  public static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  /** Parses an id of a request; empty if it is not a UUID. */
  public static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException invalid) {
      return Optional.empty();
    }
  }

  /** Removes NUL characters, which PostgreSQL rejects. */
  public static String text(String value) {
    return value.replace("\0", "");
  }
}
