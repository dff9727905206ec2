package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.json.ApiObjects;
import dev.sluice.cli.json.JsonValues;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the events of a batch as JSON lines if {@code --json} is set; see docs/cli.md. */
public final class BatchEvents {
  private final Invocation invocation;
  private @Nullable Progress last;

  public BatchEvents(Invocation invocation) {
    this.invocation = invocation;
  }

  public void submitted(SubmittedBatch submittedBatch, long requests) {
    print(
        JsonValues.object()
            .put("event", "submitted")
            .put("batch", submittedBatch.batch())
            .put("file", submittedBatch.file())
            .put("requests", requests)
            .put("continued", submittedBatch.earlier().isPresent()));
  }

  /** Prints a {@code progress} event if a number has changed. */
  void progress(BatchProgress batch, Rate rate) {
    Progress progress = Progress.of(batch);
    if (progress.equals(last)) {
      return;
    }
    last = progress;
    ObjectNode json = counts("progress", batch).put("unfinished", progress.unfinished());
    rate.perMinute()
        .ifPresentOrElse(tasks -> json.put("per_minute", tasks), () -> json.putNull("per_minute"));
    rate.timeFor(progress.unfinished())
        .ifPresentOrElse(
            left -> json.put("seconds_left", left.toSeconds()), () -> json.putNull("seconds_left"));
    print(json);
  }

  /**
   * Prints the {@code finished} event.
   *
   * @param output the written file; empty if none was written
   */
  public void finished(BatchProgress batch, Optional<Path> output) {
    Instant now = invocation.terminal().clock().instant();
    ObjectNode json =
        counts("finished", batch)
            .put("prompt_tokens", batch.promptTokens())
            .put("completion_tokens", batch.completionTokens())
            .put("seconds", SummaryLine.elapsed(batch, now).toSeconds())
            .put("output_file_id", batch.outputFileId())
            .put("error_file_id", batch.errorFileId())
            .put("output", output.map(Path::toString).orElse(null));
    ArrayNode errors = json.putArray("errors");
    batch.errors().forEach(error -> errors.add(ApiObjects.tree(error)));
    print(json);
  }

  private void print(ObjectNode event) {
    if (invocation.json()) {
      invocation.print(event);
    }
  }

  private static ObjectNode counts(String event, BatchProgress batch) {
    return JsonValues.object()
        .put("event", event)
        .put("batch", batch.id())
        .put("status", batch.status())
        .put("total", batch.total())
        .put("completed", batch.completed())
        .put("failed", batch.failed())
        .put("expired", batch.expired())
        .put("cancelled", batch.cancelled())
        .put("cut_off", batch.cutOff())
        .put("reused", batch.reused())
        .put("throttles", batch.throttles());
  }
}
