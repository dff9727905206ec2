package dev.sluice.cli.command.deadletter;

import dev.sluice.api.deadletter.BulkJobView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import java.time.Duration;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Starts a bulk job and follows it until it finishes. */
record BulkJobRun(Invocation invocation) {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  /** Runs the job, prints its result and returns the exit code. */
  int run(JsonNode request) throws InterruptedException {
    DeadLettersApi client = invocation.client().deadLetters();
    ApiResponse<BulkJobView> reply = client.createJob(request);
    BulkJobView job = reply.value();
    if (!job.state().equals("dry_run") && !invocation.json()) {
      invocation
          .terminal()
          .message(
              "%,d dead letters match; the job processes at most %,d, %d per second. Ctrl-C does not stop job %s."
                  .formatted(job.matched(), job.limit(), job.perSecond(), job.id()));
    }
    String id = Objects.requireNonNullElse(job.id(), "");
    while (reply.value().state().equals("running")) {
      invocation.terminal().sleeper().sleep(POLL_INTERVAL);
      reply = client.job(id);
    }
    invocation.confirm(reply.json(), BulkJobReport.line(reply.value()));
    return (reply.value().rejected() > 0 ? ExitCode.BATCH_FAILED : ExitCode.SUCCESS).code();
  }
}
