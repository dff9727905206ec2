package dev.sluice.cli.terminal;

import java.util.OptionalInt;

/** Size of the terminal on stderr. */
@FunctionalInterface
public interface TerminalSize {
  TerminalSize PIPE = OptionalInt::empty;

  /** Current number of columns; empty if stderr is not a terminal. */
  OptionalInt columns();

  default boolean isTerminal() {
    return columns().isPresent();
  }
}
