package dev.sluice.cli.watch;

import dev.sluice.cli.client.BatchState;
import java.util.Optional;

/**
 * Where a batch's data are to be had.
 *
 * @param output where the output is
 * @param errors where it says what became of the tasks without a result; empty where all have one
 */
public record ResultLocations(String output, Optional<String> errors) {

  /** The commands that bring both files. */
  public static ResultLocations of(BatchState batch, String command) {
    String results = "%s results %s".formatted(command, batch.id());
    return new ResultLocations(
        batch.outputFile().isPresent() ? results : "none",
        batch.errorFile().map(file -> results + " --errors"));
  }

  /** The same errors beside an output that is somewhere else already. */
  public ResultLocations withOutput(String place) {
    return new ResultLocations(place, errors);
  }

  /** One place that holds both. */
  public static ResultLocations both(BatchState batch, String place) {
    return new ResultLocations(
        place,
        batch.unsuccessful() == 0
            ? Optional.empty()
            : Optional.of("in the output, each under its document"));
  }
}
