package dev.sluice.producer.batch.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.NewDependents;
import dev.sluice.producer.store.NewDependents.Dependencies;
import dev.sluice.producer.store.NewTasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Inserts the tasks of one batch, up to 1000 rows or 4 MiB of content per statement, and answers
 * them with stored results if the batch accepts that.
 */
final class TaskInserter {
  private static final int MAX_ROWS = 1000;
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private final NewTasks tasks;
  private final NewDependents dependents;
  private final NoArgGenerator ids;
  private final Batch batch;
  private final RequestHash requestHash;
  private final Map<UUID, ParsedLine.Request> requests = new LinkedHashMap<>();
  private final Map<UUID, Long> lines = new HashMap<>();
  private @Nullable String model;
  private long lastLine;
  private int bytes;
  private final UsageEstimate usageEstimate = new UsageEstimate();
  private final Map<String, Long> reusedByRoute = new TreeMap<>();
  private final Map<String, Long> blockedByRoute = new TreeMap<>();
  private long count;

  TaskInserter(NewTasks tasks, NewDependents dependents, NoArgGenerator ids, Batch batch) {
    this.tasks = tasks;
    this.dependents = dependents;
    this.ids = ids;
    this.batch = batch;
    this.requestHash = new RequestHash(batch.definition().endpoint());
  }

  /** Adds a task, and returns the number of tasks so far that certainly need a call. */
  long add(ParsedLine.Request request) {
    UUID id = ids.generate();
    requests.put(id, request);
    lines.put(id, nextLine(request));
    bytes += request.body().size() + request.customId().length() + request.model().length();
    model = count == 0 || request.model().equals(model) ? request.model() : null;
    count++;
    if (requests.size() >= MAX_ROWS || bytes >= MAX_BYTES) {
      flush();
    }
    return toCall() - (batch.definition().reuse() == null ? 0 : requests.size());
  }

  /** The parts of a document have its line, so the tasks that follow them have later ones. */
  private long nextLine(ParsedLine.Request request) {
    lastLine = Math.max(lastLine + 1, request.line());
    return lastLine;
  }

  /** The number of tasks that are not answered with a stored result. */
  long toCall() {
    return count - reused();
  }

  /** The number of tasks that are answered with a stored result. */
  long reused() {
    return reusedByRoute.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The estimated usage of the inserted tasks that are not answered with a stored result. */
  UsageEstimate estimate() {
    return usageEstimate;
  }

  /** The number of tasks that are answered with a stored result, by route. */
  Map<String, Long> reusedByRoute() {
    return reusedByRoute;
  }

  /** The number of tasks that wait for others, by route. */
  Map<String, Long> blockedByRoute() {
    return blockedByRoute;
  }

  /** The number of tasks that can be called at once, by route. */
  Map<String, Long> queuedByRoute() {
    Map<String, Long> queued = new TreeMap<>(usageEstimate.tasks());
    blockedByRoute.forEach((route, blocked) -> queued.merge(route, -blocked, Long::sum));
    queued.values().removeIf(count -> count == 0);
    return queued;
  }

  /** The model of all tasks; null if they differ. */
  @Nullable String model() {
    return model;
  }

  /** Inserts the remaining rows. */
  void flush() {
    if (requests.isEmpty()) {
      return;
    }
    tasks.insert(
        batch.id(),
        requests.entrySet().stream()
            .filter(task -> task.getValue().dependencies() == null)
            .map(task -> task(task.getKey(), task.getValue()))
            .toList());
    insertDependents();
    Set<UUID> answered = tasks.answerWithStoredResults(batch, requests.keySet());
    requests.forEach(
        (task, request) -> {
          if (answered.contains(task)) {
            reusedByRoute.merge(request.route(), 1L, Long::sum);
          } else {
            usageEstimate.add(request);
          }
        });
    LoopWatch.progress();
    requests.clear();
    lines.clear();
    bytes = 0;
  }

  private void insertDependents() {
    List<NewDependents.NewDependent> waiting = new ArrayList<>();
    requests.forEach(
        (task, request) -> {
          Dependencies dependencies = request.dependencies();
          if (dependencies != null) {
            waiting.add(new NewDependents.NewDependent(task(task, request), dependencies));
            blockedByRoute.merge(request.route(), 1L, Long::sum);
          }
        });
    if (!waiting.isEmpty()) {
      dependents.insert(batch.id(), waiting);
    }
  }

  /** Finds the tasks that others wait for, after the last one is inserted. */
  void link() {
    if (!blockedByRoute.isEmpty()) {
      dependents.link(batch.id());
    }
  }

  private NewTasks.NewTask task(UUID id, ParsedLine.Request request) {
    return new NewTasks.NewTask(
        id,
        Objects.requireNonNull(lines.get(id)),
        request.customId(),
        request.route(),
        request.model(),
        request.tokens(),
        request.body(),
        requestHash.of(request));
  }
}
