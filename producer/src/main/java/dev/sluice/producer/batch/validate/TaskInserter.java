package dev.sluice.producer.batch.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Inserts the tasks of one batch, up to 1000 rows or 4 MiB of content per statement, and answers
 * them with stored results if the batch accepts that.
 */
final class TaskInserter {
  private static final int MAX_ROWS = 1000;
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final String INSERT =
      """
      insert into tasks
        (id, batch_id, line_no, custom_id, route, model, tokens, body, request_hash)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private final JdbcOperations jdbc;
  private final NoArgGenerator ids;
  private final ResultReuse reuse;
  private final Batch batch;
  private final RequestHash requestHash;
  private final Map<UUID, ParsedLine.Request> requests = new LinkedHashMap<>();
  private @Nullable String model;
  private int bytes;
  private final UsageEstimate usageEstimate = new UsageEstimate();
  private final Map<String, Long> reusedByRoute = new TreeMap<>();
  private long count;

  TaskInserter(JdbcOperations jdbc, NoArgGenerator ids, ResultReuse reuse, Batch batch) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.reuse = reuse;
    this.batch = batch;
    this.requestHash = new RequestHash(batch.endpoint());
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
    return toCall() - (batch.reuse() == null ? 0 : requests.size());
  }

  /** The number of tasks that are not answered with a stored result. */
  long toCall() {
    return count - reused();
  }

  /** The number of tasks that are answered with a stored result. */
  long reused() {
    return reusedByRoute.values().stream().mapToLong(Long::longValue).sum();
  }

  long count() {
    return count;
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
    jdbc.batchUpdate(
        INSERT,
        requests.entrySet().stream().map(task -> row(task.getKey(), task.getValue())).toList());
    Set<UUID> answered = reuse.answer(batch, requests.keySet());
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

  private Object[] row(UUID task, ParsedLine.Request request) {
    return new Object[] {
      task,
      batch.id().uuid(),
      request.line(),
      request.customId(),
      request.route(),
      request.model(),
      request.tokens(),
      request.body().bytes(),
      requestHash.of(request)
    };
  }
}
