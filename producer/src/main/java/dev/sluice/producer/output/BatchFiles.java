package dev.sluice.producer.output;

import dev.sluice.producer.file.GeneratedContent;
import dev.sluice.producer.file.StoredFile;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Generates a batch's result files from its tasks, in the order of the input, with at most 64 lines
 * in memory.
 */
@Component
class BatchFiles implements GeneratedContent {
  private static final int LINES_AT_ONCE = 64;
  private static final String NEXT =
      """
      select id, line_no, custom_id, state, status_code, request_id, reply, failure_code,
        failure_detail
      from tasks where batch_id = :batch and line_no > :line and %s
      order by line_no limit :limit""";
  private static final String SUCCEEDED = NEXT.formatted("state = 'completed'");
  private static final String UNSUCCESSFUL =
      NEXT.formatted("state in ('failed', 'expired', 'cancelled')");

  private final JdbcClient jdbc;

  BatchFiles(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void write(UUID batchId, StoredFile.Part part, OutputStream out) throws IOException {
    long line = 0;
    while (true) {
      List<FinishedTask> tasks = next(batchId, part, line);
      for (FinishedTask task : tasks) {
        out.write(OutputLine.of(task));
        line = task.line();
      }
      if (tasks.size() < LINES_AT_ONCE) {
        return;
      }
    }
  }

  /** The size of the file in bytes. */
  long size(UUID batchId, StoredFile.Part part) throws IOException {
    CountingStream counter = new CountingStream();
    write(batchId, part, counter);
    return counter.count;
  }

  private List<FinishedTask> next(UUID batchId, StoredFile.Part part, long line) {
    String sql =
        switch (part) {
          case OUTPUT -> SUCCEEDED;
          case ERROR -> UNSUCCESSFUL;
        };
    return jdbc.sql(sql)
        .param("batch", batchId)
        .param("line", line)
        .param("limit", LINES_AT_ONCE)
        .query(BatchFiles::read)
        .list();
  }

  private static FinishedTask read(ResultSet row, int index) throws SQLException {
    return new FinishedTask(
        row.getObject("id", UUID.class),
        row.getLong("line_no"),
        row.getString("custom_id"),
        row.getString("state"),
        row.getObject("status_code", Integer.class),
        row.getString("request_id"),
        row.getBytes("reply"),
        row.getString("failure_code"),
        row.getString("failure_detail"));
  }

  private static final class CountingStream extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
