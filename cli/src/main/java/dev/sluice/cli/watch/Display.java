package dev.sluice.cli.watch;

/** Shows the progress of a batch on stderr. */
sealed interface Display permits BarDisplay, PlainDisplay {
  void show(Progress progress, Rate rate);

  /** Prints a message without disturbing the progress. */
  void message(String line);

  /** Ends the display; the last progress stays visible. */
  void end();
}
