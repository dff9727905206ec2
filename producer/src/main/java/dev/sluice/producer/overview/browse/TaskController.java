package dev.sluice.producer.overview.browse;

import dev.sluice.api.ListResponse;
import dev.sluice.api.route.WaitReason;
import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.RequestedBatch;
import dev.sluice.producer.deadletter.FailedRuns;
import dev.sluice.producer.deadletter.TaskCalls;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.route.explain.WaitContextLoader;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.BlockedDependents;
import dev.sluice.producer.store.TaskQueries;
import dev.sluice.producer.store.TaskState;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for the tasks of a batch. */
@RestController
class TaskController {
  private static final int MAX_PAGE_SIZE = 200;
  private static final int MAX_NAMES = 5;

  private final BatchQueries batches;
  private final TaskQueries tasks;
  private final FailedRuns failedRuns;
  private final WaitContextLoader waitContext;
  private final BlockedDependents dependents;

  TaskController(
      BatchQueries batches,
      TaskQueries tasks,
      FailedRuns failedRuns,
      WaitContextLoader waitContext,
      BlockedDependents dependents) {
    this.batches = batches;
    this.tasks = tasks;
    this.failedRuns = failedRuns;
    this.waitContext = waitContext;
    this.dependents = dependents;
  }

  @GetMapping("/api/batches/{id}/tasks")
  ListResponse<TaskSummary> list(
      Project project,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String text,
      @RequestParam(defaultValue = "0") long after,
      @RequestParam(defaultValue = "50") int limit) {
    BatchId batch = RequestedBatch.find(batches, project, id).id();
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    String stateName = blankToNull(state);
    TaskQueries.Filter filter =
        new TaskQueries.Filter(
            stateName == null ? null : state(stateName),
            blankToNull(code),
            blankToNull(text),
            after);
    List<TaskSummary> found = tasks.list(batch, filter, pageSize + 1);
    return ListResponse.page(found, pageSize, task -> Long.toString(task.line()));
  }

  @GetMapping("/api/tasks/{id}")
  TaskView retrieve(Project project, @PathVariable String id) {
    TaskQueries.TaskDetail task = find(project, id);
    return new TaskView(
        task.task(),
        task.batch().toString(),
        task.run(),
        task.failureDetail(),
        task.requestId(),
        task.worker(),
        TaskCalls.of(task.history()),
        failedRuns.before(task.run(), task.task().id(), task.batch()),
        task.request(),
        task.reply(),
        why(project, task));
  }

  @GetMapping("/api/tasks/{id}/why")
  WaitReason why(Project project, @PathVariable String id) {
    return why(project, find(project, id));
  }

  private WaitReason why(Project project, TaskQueries.TaskDetail task) {
    Batch batch = RequestedBatch.find(batches, project, task.batch().toString());
    TaskSummary summary = task.task();
    if (summary.state().equals(TaskState.BLOCKED.apiName())) {
      return blocked(dependents.waitsFor(UUID.fromString(summary.id())));
    }
    if (summary.state().equals(TaskState.COMPLETED.apiName()) && !summary.missing().isEmpty()) {
      return partial(summary);
    }
    long before =
        summary.state().equals(TaskState.QUEUED.apiName())
            ? tasks.queuedBefore(batch.id(), summary.route(), summary.line())
            : 0;
    return waitContext.load().ofTask(batch, summary.route(), summary.state(), before);
  }

  private static WaitReason partial(TaskSummary task) {
    List<String> missing = task.missing();
    String code = task.failureCode();
    return WaitReason.of(
        "finished",
        "Not waiting; its answer was made without %s%s. %s"
            .formatted(
                String.join(", ", missing.stream().limit(MAX_NAMES).toList()),
                missing.size() > MAX_NAMES ? " and others" : "",
                code == null
                    ? "When such a part is replayed and completes, it is made again."
                    : "It could not be made again (%s). Replay its dead letter, if it has one."
                        .formatted(code)));
  }

  private static WaitReason blocked(BlockedDependents.WaitsFor waitsFor) {
    return WaitReason.of(
        "dependencies",
        "Waits for the answers of %d of %d tasks: %s%s."
            .formatted(
                waitsFor.unfinished(),
                waitsFor.total(),
                String.join(", ", waitsFor.names()),
                waitsFor.unfinished() > waitsFor.names().size() ? " and others" : ""));
  }

  private TaskQueries.TaskDetail find(Project project, String id) {
    return SqlValues.uuid(id)
        .flatMap(task -> tasks.find(project, task))
        .orElseThrow(() -> ApiException.notFound("No task found with id '" + id + "'.", "id"));
  }

  private static TaskState state(String name) {
    List<TaskState> all = List.of(TaskState.values());
    return all.stream()
        .filter(state -> state.apiName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "Invalid value for 'state': '%s'. Supported values are: %s."
                        .formatted(
                            name, String.join(", ", all.stream().map(TaskState::apiName).toList())),
                    "state",
                    "invalid_value"));
  }

  private static @Nullable String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value;
  }
}
