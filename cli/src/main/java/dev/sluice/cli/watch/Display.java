package dev.sluice.cli.watch;

import dev.sluice.cli.progress.Progress;
import dev.sluice.cli.progress.Rate;

/** Shows a batch's progress to people, on stderr. */
sealed interface Display permits BarDisplay, PlainDisplay {
  void show(Progress progress, Rate rate);

  /** A sentence, beside the progress. */
  void say(String line);

  /** The watching has ended, well or not: what is shown stays. */
  void end();
}
