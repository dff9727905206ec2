package dev.sluice.producer.batch.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.batch.Batch;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** Creates a task inserter for each validation. */
@Component
class TaskInserters {
  private final JdbcOperations jdbc;
  private final NoArgGenerator ids;
  private final ResultReuse reuse;

  TaskInserters(JdbcOperations jdbc, NoArgGenerator ids, ResultReuse reuse) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.reuse = reuse;
  }

  TaskInserter of(Batch batch) {
    return new TaskInserter(jdbc, ids, reuse, batch);
  }

  /** Counts the reused results of a validation after its commit. */
  void committed(TaskInserter tasks) {
    reuse.count(tasks.reusedByRoute());
  }
}
