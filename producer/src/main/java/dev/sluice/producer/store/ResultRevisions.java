package dev.sluice.producer.store;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts the changes to the results of finished batches, so that stale result files are found. */
@Repository
public class ResultRevisions {
  /** The batch has result files. */
  static final String HAS_RESULTS = "status in ('completed', 'expired')";

  /** Marks the result files as stale, in the statement that counts a changed task. */
  static final String RESULTS_CHANGED =
      "mended = mended + case when " + HAS_RESULTS + " then 1 else 0 end";

  private final JdbcClient jdbc;

  ResultRevisions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A finished batch whose result files are stale, because some of its tasks were replayed.
   *
   * @param version the number of changes to its results so far
   */
  public record StaleResults(Batch batch, long version) {}

  /** Some batches with stale result files. */
  public List<StaleResults> stale(int limit) {
    return jdbc.sql("select * from batches where mended <> files_mended order by id limit :limit")
        .param("limit", limit)
        .query(
            (row, index) ->
                new StaleResults(BatchRowMapper.read(row, index), row.getLong("mended")))
        .list();
  }

  /** Stores the ids of the result files that match this version of the tasks. */
  public void setFiles(
      LockedBatches locked,
      StaleResults staleResults,
      @Nullable String outputFileId,
      @Nullable String errorFileId) {
    jdbc.sql(
            """
            update batches set output_file_id = :output, error_file_id = :error,
              files_mended = :version
            where id = :id""")
        .param("output", outputFileId)
        .param("error", errorFileId)
        .param("version", staleResults.version())
        .param("id", locked.require(staleResults.batch().id().uuid()))
        .update();
  }
}
