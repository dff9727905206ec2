package dev.sluice.producer.batch.output;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.memory.ProjectMemory;
import dev.sluice.producer.batch.RequestedBatch;
import dev.sluice.producer.file.DownloadMemory;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.ResultCursor;
import dev.sluice.producer.store.TaskResults;
import dev.sluice.producer.web.ApiException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The results of a batch, also while it runs. */
@RestController
class ResultController {
  private static final int MAX_PAGE_SIZE = 1000;

  private final BatchQueries batches;
  private final TaskResults results;
  private final DownloadMemory downloads;

  ResultController(BatchQueries batches, TaskResults results, DownloadMemory downloads) {
    this.batches = batches;
    this.results = results;
    this.downloads = downloads;
  }

  /** JSON Lines in the format of the output and error files, each with its cursor. */
  @GetMapping("/api/batches/{id}/results")
  void results(
      Project project,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "1000") int limit,
      HttpServletResponse response)
      throws IOException {
    UUID batch = find(project, id);
    ResultCursor cursor = cursor(after);
    try (ProjectMemory.Reservation memory = downloads.reservation(project)) {
      memory.add(DownloadMemory.BYTES_PER_DOWNLOAD);
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (TaskResults.Result result :
          results.after(batch, cursor, Math.clamp(limit, 1, MAX_PAGE_SIZE))) {
        lines.writeBytes(OutputLine.withCursor(result.task(), result.cursor()));
      }
      response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
      response.setContentLength(lines.size());
      lines.writeTo(response.getOutputStream());
    }
  }

  private static ResultCursor cursor(@Nullable String after) {
    if (after == null || after.isEmpty()) {
      return ResultCursor.START;
    }
    return ResultCursor.parse(after)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "Invalid value for 'after': '%s'. It must be the 'sluice.cursor' of a result of this batch."
                        .formatted(after),
                    "after",
                    "invalid_value"));
  }

  private UUID find(Project project, String id) {
    return RequestedBatch.find(batches, project, id).id().uuid();
  }
}
