package dev.sluice.worker.fleet;

import java.util.Locale;
import java.util.Optional;

/** Finds the constants of enums by their wire names. */
final class WireEnums {
  private WireEnums() {}

  /** The constant; empty if only a newer version has it. */
  static <E extends Enum<E>> Optional<E> find(Class<E> type, String wireName) {
    try {
      return Optional.of(Enum.valueOf(type, wireName.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }
}
