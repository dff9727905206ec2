package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.CallHistory;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds, lists and counts dead letters. */
@Repository
public class DeadLetterQueries {
  private final JdbcClient jdbc;

  DeadLetterQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Returns the newest first.
   *
   * @param after returns only dead letters older than this one; null for all
   */
  List<DeadLetter> newest(DeadLetterFilter filter, @Nullable UUID after, int limit) {
    DeadLetterFilter page = after == null ? filter : filter.and("id < :after", "after", after);
    return select(page, "order by id desc", limit);
  }

  /**
   * Returns the oldest first.
   *
   * @param after returns only dead letters newer than this one; null for all
   * @param last the newest dead letter to return
   */
  public List<DeadLetter> oldest(
      DeadLetterFilter filter, @Nullable UUID after, UUID last, int limit) {
    DeadLetterFilter upTo = filter.and("id <= :last", "last", last);
    DeadLetterFilter page = after == null ? upTo : upTo.and("id > :after", "after", after);
    return select(page, "order by id", limit);
  }

  private List<DeadLetter> select(DeadLetterFilter filter, String order, int limit) {
    return jdbc.sql(
            "select %s from dead_letters where %s %s limit :limit"
                .formatted(DeadLetterRow.COLUMNS, filter.sql(), order))
        .params(filter.values())
        .param("limit", limit)
        .query(DeadLetterRow::read)
        .list();
  }

  /**
   * The dead letters that match a filter.
   *
   * @param last the newest of them; null if there are none
   */
  public record Selection(long count, @Nullable UUID last) {}

  /** Counts the dead letters that match a filter. */
  public Selection selection(DeadLetterFilter filter) {
    return jdbc.sql(
            """
            select count(*) as count, (array_agg(id order by id desc))[1] as last
            from dead_letters where %s\
            """
                .formatted(filter.sql()))
        .params(filter.values())
        .query(Selection.class)
        .single();
  }

  /**
   * Dead letters of one failure code and route.
   *
   * @param batches number of batches that they belong to
   * @param since when the first was stored
   * @param latest when the last was stored
   */
  record Group(
      String failureCode, String route, long count, long batches, Instant since, Instant latest) {}

  List<Group> groups(DeadLetterFilter filter) {
    return jdbc.sql(
            """
            select failure_code, route, count(*) as count, count(distinct batch_id) as batches,
              min(died_at) as since, max(died_at) as latest
            from dead_letters where %s group by failure_code, route order by 3 desc, 1, 2\
            """
                .formatted(filter.sql()))
        .params(filter.values())
        .query(SqlValues.rows(Group.class))
        .list();
  }

  /** Finds a dead letter that the caller may see: the administrator any, others their project's. */
  Optional<DeadLetter> find(UUID id, AuthenticatedCaller caller) {
    return jdbc.sql(
            """
            select %s from dead_letters
            where id = :id and (:project::text is null or project = :project)\
            """
                .formatted(DeadLetterRow.COLUMNS))
        .param("id", id)
        .param("project", caller.admin() ? null : caller.project().name())
        .query(DeadLetterRow::read)
        .optional();
  }

  /**
   * The large values of a dead letter.
   *
   * @param history the last calls of the run that failed
   * @param reply the provider's reply whose answer does not fit the schema of the batch; null for
   *     none
   */
  record Content(CallHistory history, Payload request, @Nullable Payload reply) {}

  Content content(UUID id) {
    return jdbc.sql("select history, request, reply from dead_letters where id = :id")
        .param("id", id)
        .query(
            (row, index) -> {
              byte @Nullable [] reply = row.getBytes("reply");
              return new Content(
                  CallHistory.read(Objects.requireNonNullElse(row.getString("history"), "[]")),
                  Payload.of(row.getBytes("request")),
                  reply == null ? null : Payload.of(reply));
            })
        .single();
  }
}
