package dev.sluice.cli.command.deadletter;

import dev.sluice.api.deadletter.BulkJobView;

/** Formats a bulk job in one line. */
public final class BulkJobReport {
  private BulkJobReport() {}

  /** The state and the counts. */
  public static String line(BulkJobView job) {
    if (job.state().equals("dry_run")) {
      return "%,d dead letters match; a job processes at most %,d. Dry run: nothing was changed."
          .formatted(job.matched(), job.limit());
    }
    String rejection = job.lastRejection();
    return "%s: %,d succeeded, %,d rejected%s"
        .formatted(
            job.state(),
            job.succeeded(),
            job.rejected(),
            rejection == null ? "." : "; last rejection: " + rejection);
  }
}
