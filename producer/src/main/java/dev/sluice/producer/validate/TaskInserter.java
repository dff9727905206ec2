package dev.sluice.producer.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.loop.LoopWatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** Inserts the tasks of one batch, up to 1000 rows or 4 MiB of content per statement. */
final class TaskInserter {
  private static final int MAX_ROWS = 1000;
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final String INSERT =
      "insert into tasks (id, batch_id, line_no, custom_id, route, model, tokens, body) values (?, ?, ?, ?, ?, ?, ?, ?)";

  private final JdbcOperations jdbc;
  private final NoArgGenerator ids;
  private final BatchId batch;
  private final List<Object[]> rows = new ArrayList<>();
  private @Nullable String model;
  private int bytes;
  private final UsageEstimate usageEstimate = new UsageEstimate();
  private long count;

  TaskInserter(JdbcOperations jdbc, NoArgGenerator ids, BatchId batch) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.batch = batch;
  }

  /** Adds a task, and returns the number of tasks so far. */
  long add(ParsedLine.Request request) {
    rows.add(
        new Object[] {
          ids.generate(),
          batch.uuid(),
          request.line(),
          request.customId(),
          request.route(),
          request.model(),
          request.tokens(),
          request.body().bytes()
        });
    bytes += request.body().size() + request.customId().length() + request.model().length();
    model = count == 0 || request.model().equals(model) ? request.model() : null;
    usageEstimate.add(request);
    if (rows.size() >= MAX_ROWS || bytes >= MAX_BYTES) {
      flush();
    }
    return ++count;
  }

  long count() {
    return count;
  }

  /** The estimated usage of the tasks. */
  UsageEstimate estimate() {
    return usageEstimate;
  }

  /** The model of all tasks; null if they differ. */
  @Nullable String model() {
    return model;
  }

  /** Inserts the remaining rows. */
  void flush() {
    if (!rows.isEmpty()) {
      jdbc.batchUpdate(INSERT, rows);
      LoopWatch.progress();
      rows.clear();
      bytes = 0;
    }
  }
}
