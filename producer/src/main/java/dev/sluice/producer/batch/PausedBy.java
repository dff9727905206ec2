package dev.sluice.producer.batch;

import org.jspecify.annotations.Nullable;

/** What paused a batch: the column keeps the value that earlier versions read. */
final class PausedBy {
  /** An operator paused it. */
  static final String MANUAL = "manual";

  private static final String MANUAL_COLUMN = "hand";

  private PausedBy() {}

  static @Nullable String ofColumn(@Nullable String column) {
    return MANUAL_COLUMN.equals(column) ? MANUAL : column;
  }

  static String column(String name) {
    return name.equals(MANUAL) ? MANUAL_COLUMN : name;
  }
}
