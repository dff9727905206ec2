package dev.sluice.producer.file;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The metadata of files in PostgreSQL. */
@Repository
public class Files {
  private static final String COLUMNS =
      "id, purpose, filename, bytes, created_at, expires_at, batch_id, part";

  private static final String VISIBLE =
      "status = 'processed' and (expires_at is null or expires_at > :now)";
  private static final int FILES_PER_ROUND = 20;

  /** A chunk has 1 MiB. */
  private static final int CHUNKS_PER_STEP = 32;

  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  Files(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /** The project's file with the id; empty while its upload is incomplete, and after its expiry. */
  public Optional<StoredFile> find(Project project, String id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from files where id = :id and project = :project and "
                + VISIBLE)
        .param("id", id)
        .param("project", project.name())
        .param("now", SqlValues.now(clock))
        .query(Files::read)
        .optional();
  }

  /** The project's files after the given one. */
  List<StoredFile> list(
      Project project, @Nullable String purpose, @Nullable String after, Order order, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from files where project = :project and %s
                  and (:purpose::text is null or purpose = :purpose)
                  and (:after::text is null or (created_at, id) %s
                    (select f.created_at, f.id from files f where f.id = :after and f.project = :project))
                order by created_at %3$s, id %3$s limit :limit"""
                    .formatted(VISIBLE, order == Order.ASC ? ">" : "<", order.name()))
        .param("project", project.name())
        .param("now", SqlValues.now(clock))
        .param("purpose", purpose)
        .param("after", after)
        .param("limit", limit)
        .query(Files::read)
        .list();
  }

  /** The order by creation time. */
  enum Order {
    ASC,
    DESC
  }

  /** Creates a file that is invisible until {@link #completeUpload}, and returns its id. */
  String startUpload(Project project) {
    String id = newId();
    jdbc.sql(
            """
            insert into files (id, project, purpose, filename, bytes, created_at, status)
            values (:id, :project, '', '', 0, :now, 'uploading')""")
        .param("id", id)
        .param("project", project.name())
        .param("now", SqlValues.now(clock))
        .update();
    return id;
  }

  /**
   * Makes an uploaded file visible.
   *
   * @param lifetime null for no expiry
   */
  void completeUpload(String id, String purpose, String filename, @Nullable Duration lifetime) {
    jdbc.sql(
            """
            update files set purpose = :purpose, filename = :filename,
              expires_at = created_at + :seconds * interval '1 second', status = 'processed'
            where id = :id""")
        .param("seconds", lifetime == null ? null : lifetime.toSeconds(), Types.BIGINT)
        .param("id", id)
        .param("purpose", purpose)
        .param("filename", filename)
        .update();
  }

  /**
   * Creates a result file of a batch, whose content is generated on read, and returns its id.
   *
   * @param lifetime null for no expiry
   */
  public String addGenerated(
      Project project,
      UUID batchId,
      StoredFile.Part part,
      String filename,
      long bytes,
      @Nullable Duration lifetime) {
    String id = newId();
    Instant now = clock.instant();
    jdbc.sql(
            """
            insert into files
              (id, project, purpose, filename, bytes, created_at, expires_at, status, batch_id, part)
            values (:id, :project, 'batch_output', :filename, :bytes, :now, :expires, 'processed',
              :batch, :part)""")
        .param("expires", lifetime == null ? null : SqlValues.at(now.plus(lifetime)))
        .param("id", id)
        .param("project", project.name())
        .param("filename", filename)
        .param("bytes", bytes)
        .param("now", SqlValues.at(now))
        .param("batch", batchId)
        .param("part", part.name().toLowerCase(Locale.ROOT))
        .update();
    return id;
  }

  /** Sets the size of a batch's result file, and returns its id; empty if there is no such file. */
  public Optional<String> resizeGenerated(UUID batchId, StoredFile.Part part, long bytes) {
    return jdbc.sql(
            "update files set bytes = :bytes where batch_id = :batch and part = :part returning id")
        .param("bytes", bytes)
        .param("batch", batchId)
        .param("part", part.name().toLowerCase(Locale.ROOT))
        .query(String.class)
        .optional();
  }

  /** Deletes the file with its chunks; false if there is no such file. */
  boolean delete(String id) {
    return jdbc.sql(
                """
                with gone as (delete from files where id = :id returning id),
                  chunks as (delete from file_chunks where file_id in (select id from gone))
                select count(*) from gone""")
            .param("id", id)
            .query(Long.class)
            .single()
        > 0;
  }

  /** Deletes some incomplete uploads that started before this time; returns their number. */
  int deleteIncompleteUploads(Instant before) {
    List<String> incomplete =
        jdbc.sql(
                """
                select id from files where status = 'uploading' and created_at < :before
                limit :limit""")
            .param("before", SqlValues.at(before))
            .param("limit", FILES_PER_ROUND)
            .query((row, index) -> row.getString("id"))
            .list();
    incomplete.forEach(this::deleteInSteps);
    return incomplete.size();
  }

  /** Deletes the chunks of a file, 32 MiB per statement, and then its row. */
  private void deleteInSteps(String id) {
    int chunks;
    do {
      chunks =
          jdbc.sql(
                  """
                  delete from file_chunks where file_id = :id and seq = any(array(
                    select seq from file_chunks where file_id = :id order by seq limit :limit))""")
              .param("id", id)
              .param("limit", CHUNKS_PER_STEP)
              .update();
      LoopWatch.progress();
    } while (chunks == CHUNKS_PER_STEP);
    delete(id);
  }

  /** Deletes some expired files, and returns their number. */
  int deleteExpired() {
    List<String> expired =
        jdbc.sql("select id from files where expires_at <= :now order by expires_at limit :limit")
            .param("now", SqlValues.now(clock))
            .param("limit", FILES_PER_ROUND)
            .query((row, index) -> row.getString("id"))
            .list();
    expired.forEach(this::deleteInSteps);
    return expired.size();
  }

  private String newId() {
    return "file-" + ids.generate().toString().replace("-", "");
  }

  private static StoredFile read(ResultSet row, int index) throws SQLException {
    String part = row.getString("part");
    Timestamp expires = row.getTimestamp("expires_at");
    return new StoredFile(
        row.getString("id"),
        row.getString("purpose"),
        row.getString("filename"),
        row.getLong("bytes"),
        row.getTimestamp("created_at").toInstant(),
        expires == null ? null : expires.toInstant(),
        row.getObject("batch_id", UUID.class),
        part == null ? null : StoredFile.Part.valueOf(part.toUpperCase(Locale.ROOT)));
  }
}
