package dev.sluice.producer.infrastructure.database;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.RowMapper;

/** Converts values to types and texts that PostgreSQL accepts, and rows to records. */
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

  /** Returns the text of an array of ids or numbers. */
  public static String array(Collection<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Maps rows to records whose components have the names of the columns. A component with a name of
   * several words costs an exception per row, so columns of large results have an alias of one
   * word.
   */
  public static <T> RowMapper<T> rows(Class<T> type) {
    return DataClassRowMapper.newInstance(type);
  }
}
