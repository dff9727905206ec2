package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Starts a bulk job and follows it until it ends. */
record BulkJobRun(Invocation invocation) {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  /** Runs the job, prints its result and returns the exit code. */
  int run(JsonNode request) throws InterruptedException {
    DeadLettersApi client = invocation.client().deadLetters();
    JsonNode created = client.createJob(request);
    JsonNode job = created;
    String state = job.path("state").asString("");
    if (!state.equals("dry_run") && !invocation.json()) {
      message(
          "%,d matches, limit %,d, %d per second. Ctrl-C does not stop job %s."
              .formatted(
                  job.path("matched").asLong(),
                  job.path("limit").asLong(),
                  job.path("per_second").asInt(),
                  job.path("id").asString("")));
    }
    while (state.equals("running")) {
      invocation.terminal().sleeper().sleep(POLL_INTERVAL);
      job = client.job(created.path("id").asString(""));
      state = job.path("state").asString("");
    }
    print(job, state);
    return job.path("rejected").asLong() > 0
        ? ExitCode.BATCH_FAILED.code()
        : ExitCode.SUCCESS.code();
  }

  private void print(JsonNode job, String state) {
    if (invocation.json()) {
      invocation.print(job);
    } else if (state.equals("dry_run")) {
      message(
          "%,d matches, limit %,d. Dry run: nothing was changed."
              .formatted(job.path("matched").asLong(), job.path("limit").asLong()));
    } else {
      String lastRejection = job.path("last_rejection").asString("");
      message(
          "%s: %,d succeeded, %,d rejected%s"
              .formatted(
                  state,
                  job.path("succeeded").asLong(),
                  job.path("rejected").asLong(),
                  lastRejection.isEmpty() ? "." : "; last rejection: " + lastRejection));
    }
  }

  private void message(String line) {
    invocation.terminal().message(line);
  }
}
