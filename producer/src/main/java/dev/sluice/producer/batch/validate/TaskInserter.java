package dev.sluice.producer.batch.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.NewTasks;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final NoArgGenerator ids;
  private final Batch batch;
  private final RequestHash requestHash;
  private final Map<UUID, ParsedLine.Request> requests = new LinkedHashMap<>();
  private @Nullable String model;
  private int bytes;
  private final UsageEstimate usageEstimate = new UsageEstimate();
  private final Map<String, Long> reusedByRoute = new TreeMap<>();
  private long count;

  TaskInserter(NewTasks tasks, NoArgGenerator ids, Batch batch) {
    this.tasks = tasks;
    this.ids = ids;
    this.batch = batch;
    this.requestHash = new RequestHash(batch.definition().endpoint());
  }

  /** Adds a task, and returns the number of tasks so far that certainly need a call. */
  long add(ParsedLine.Request request) {
    requests.put(ids.generate(), request);
    bytes += request.body().size() + request.customId().length() + request.model().length();
    model = count == 0 || request.model().equals(model) ? request.model() : null;
    count++;
    if (requests.size() >= MAX_ROWS || bytes >= MAX_BYTES) {
      flush();
    }
    return toCall() - (batch.definition().reuse() == null ? 0 : requests.size());
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
        requests.entrySet().stream().map(task -> task(task.getKey(), task.getValue())).toList());
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
    bytes = 0;
  }

  private NewTasks.NewTask task(UUID id, ParsedLine.Request request) {
    return new NewTasks.NewTask(
        id,
        request.line(),
        request.customId(),
        request.route(),
        request.model(),
        request.tokens(),
        request.body(),
        requestHash.of(request));
  }
}
