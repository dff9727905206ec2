package dev.sluice.producer.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.RowMapper;

/** Converts values to those of PostgreSQL, and rows to records. */
final class SqlValues {
  private SqlValues() {}

  /** The text of an array of ids or numbers. */
  static String array(Collection<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Maps rows to records whose components have the names of the columns. A component with a name of
   * several words costs an exception per row, so columns of large results have an alias of one
   * word.
   */
  static <T> RowMapper<T> rows(Class<T> type) {
    return DataClassRowMapper.newInstance(type);
  }

  static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
