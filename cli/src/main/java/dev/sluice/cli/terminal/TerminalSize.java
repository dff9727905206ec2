package dev.sluice.cli.terminal;

import java.util.OptionalInt;

/** Where stderr goes. */
@FunctionalInterface
public interface TerminalSize {
  TerminalSize PIPE = OptionalInt::empty;

  /** How many columns the terminal has now; empty where stderr is no terminal. */
  OptionalInt columns();

  default boolean isTerminal() {
    return columns().isPresent();
  }
}
