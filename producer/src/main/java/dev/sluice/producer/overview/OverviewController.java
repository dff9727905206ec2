package dev.sluice.producer.overview;

import dev.sluice.api.ListResponse;
import dev.sluice.api.route.WaitReason;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.batch.RequestedBatch;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.route.explain.WaitContextLoader;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** HTTP endpoints for the overview, its event stream, and batch summaries. */
@RestController
class OverviewController {
  private static final int MAX_PAGE_SIZE = 100;

  private final SnapshotAssembler snapshotAssembler;
  private final Throughput throughput;
  private final OverviewStream overviewStream;
  private final BatchQueries batches;
  private final BatchSummaries summaries;
  private final WaitContextLoader waitContext;

  OverviewController(
      SnapshotAssembler snapshotAssembler,
      Throughput throughput,
      OverviewStream overviewStream,
      BatchQueries batches,
      BatchSummaries summaries,
      WaitContextLoader waitContext) {
    this.snapshotAssembler = snapshotAssembler;
    this.throughput = throughput;
    this.overviewStream = overviewStream;
    this.batches = batches;
    this.summaries = summaries;
    this.waitContext = waitContext;
  }

  /**
   * A snapshot and the throughput before it.
   *
   * @param history points by route, the oldest first
   */
  record Overview(Map<String, List<Throughput.Point>> history, Snapshot now) {}

  @GetMapping("/api/overview")
  Overview overview(ProjectScope projectScope) {
    return new Overview(
        throughput.history(),
        Objects.requireNonNull(snapshotAssembler.assemble(Set.of(projectScope)).get(projectScope)));
  }

  @GetMapping(path = "/api/overview/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter events(ProjectScope projectScope) throws IOException {
    return overviewStream.subscribe(projectScope);
  }

  @GetMapping("/api/batches")
  ListResponse<BatchSummary> list(
      ProjectScope projectScope,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String text,
      @RequestParam(defaultValue = "20") int limit) {
    BatchId from = after == null ? null : RequestedBatch.id(after);
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    List<Batch> found = batches.list(projectScope, from, searched(text), pageSize + 1);
    return ListResponse.page(
        summaries.of(found, waitContext.load()), pageSize, batch -> batch.progress().id());
  }

  private static @Nullable String searched(@Nullable String text) {
    return text == null || text.isBlank() ? null : SqlValues.text(text.strip());
  }

  @GetMapping("/api/batches/{id}/summary")
  BatchSummary summary(Project project, @PathVariable String id) {
    return summaries.of(List.of(find(project, id)), waitContext.load()).getFirst();
  }

  @GetMapping("/api/batches/{id}/why")
  WaitReason why(Project project, @PathVariable String id) {
    return waitContext.load().of(find(project, id));
  }

  private Batch find(Project project, String id) {
    return RequestedBatch.find(batches, project, id);
  }
}
