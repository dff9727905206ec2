package dev.sluice.producer.infrastructure.retention;

/** The rows of a feature that are deleted after their retention period. */
public interface ExpiredRows {
  /** Rows that one statement deletes. */
  int ROWS_PER_STATEMENT = 1000;

  /**
   * Deletes some of them; true if there may be more. Each statement is its own transaction and
   * locks only the rows that it deletes.
   */
  boolean deleteSome();
}
