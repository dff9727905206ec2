package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import java.util.Optional;

/**
 * Locations of a batch's results, for display.
 *
 * @param output location of the output
 * @param errors location of the errors; empty if all tasks succeeded
 */
public record ResultLocations(String output, Optional<String> errors) {

  /** The commands that download the files. */
  public static ResultLocations of(BatchProgress batch, String command) {
    String results = "%s results %s".formatted(command, batch.id());
    return new ResultLocations(
        batch.outputFileId() == null ? "none" : results,
        batch.errorFileId() == null ? Optional.empty() : Optional.of(results + " --errors"));
  }

  /** A copy with another location of the output. */
  public ResultLocations withOutput(String location) {
    return new ResultLocations(location, errors);
  }

  /** One location with results and errors. */
  public static ResultLocations both(BatchProgress batch, String location) {
    return new ResultLocations(
        location, batch.unsuccessful() == 0 ? Optional.empty() : Optional.of("in the output"));
  }
}
