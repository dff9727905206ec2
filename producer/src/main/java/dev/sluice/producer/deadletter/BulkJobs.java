package dev.sluice.producer.deadletter;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.access.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The jobs in PostgreSQL: what is to be done with many letters. */
@Repository
class BulkJobs {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** How long a job waits for a producer that has died, renewed with each letter. */
  private static final String LEASE = "interval '5 seconds'";

  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  BulkJobs(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Which letters, as it was asked for.
   *
   * @param ids null for all that the filter matches
   */
  record BulkSelection(Map<String, String> filter, @Nullable List<UUID> ids) {
    DeadLetterFilter filter(AuthenticatedCaller caller) {
      DeadLetterFilter all = DeadLetterFilter.of(filter, caller);
      return ids == null ? all : all.and("id in (:ids)", "ids", ids);
    }
  }

  /**
   * What is to be done.
   *
   * @param caller who asked for it: the job sees no more than its sender
   * @param most the cap
   */
  record BulkRequest(
      AuditAction.Kind kind,
      BulkSelection choice,
      RequestEdit edit,
      AuthenticatedCaller caller,
      AuditAction act,
      int most,
      int perSecond) {}

  /** How far a job has come. */
  record Job(
      UUID id,
      BulkRequest order,
      String state,
      long matched,
      @Nullable UUID at,
      @Nullable UUID last,
      long done,
      long refused,
      @Nullable String lastRefusal,
      Instant created,
      @Nullable Instant ended) {}

  UUID create(BulkRequest bulkRequest, DeadLetters.Selection selection) {
    UUID id = ids.generate();
    jdbc.sql(
            """
            insert into dead_jobs (id, act, project, filter, edit, who, by_name, why, most,
              per_second, matched, state, last_letter, created_at, next_at)
            values (:id, :act, :project, :filter::jsonb, :edit::jsonb, :who, :by, :why, :most,
              :perSecond, :matched, 'running', :last, :now,
              clock_timestamp())""")
        .param("id", id)
        .param("act", bulkRequest.kind().name().toLowerCase(Locale.ROOT))
        .param(
            "project", bulkRequest.caller().admin() ? null : bulkRequest.caller().project().name())
        .param("filter", JSON.writeValueAsString(bulkRequest.choice()))
        .param("edit", JSON.writeValueAsString(bulkRequest.edit()))
        .param("who", bulkRequest.act().who())
        .param("by", bulkRequest.act().by())
        .param("why", bulkRequest.act().why())
        .param("most", bulkRequest.most())
        .param("perSecond", bulkRequest.perSecond())
        .param("matched", selection.count())
        .param("last", selection.last(), Types.OTHER)
        .param("now", now())
        .update();
    return id;
  }

  Optional<Job> find(UUID id, AuthenticatedCaller caller) {
    return jdbc.sql(
            """
            select * from dead_jobs
            where id = :id and (:project::text is null or project = :project)""")
        .param("id", id)
        .param("project", caller.admin() ? null : caller.project().name())
        .query(BulkJobs::read)
        .optional();
  }

  /** Nothing more of it is done. */
  void stop(UUID id) {
    end(id, "stopped");
  }

  /**
   * A job in the hands of one producer, until another one takes a later turn.
   *
   * @param began by the database's clock
   */
  record Lease(Job job, long number, OffsetDateTime began) {}

  /** A job whose second it is. The database's clock counts: those of producers may differ. */
  Optional<Lease> claim() {
    return jdbc.sql(
            """
            update dead_jobs set turn = turn + 1, next_at = clock_timestamp() + %1$s where id = (
              select id from dead_jobs where state = 'running' and next_at <= clock_timestamp()
              order by next_at limit 1 for update skip locked)
            returning *, next_at - %1$s as began"""
                .formatted(LEASE))
        .query(
            (row, index) ->
                new Lease(
                    read(row, index),
                    row.getLong("turn"),
                    row.getObject("began", OffsetDateTime.class)))
        .optional();
  }

  /**
   * Keeps the job for this transaction, and from others for some time more; false where another
   * producer has it, or somebody has stopped it.
   */
  boolean hold(Lease lease) {
    return jdbc.sql(
                """
                update dead_jobs set next_at = clock_timestamp() + %s
                where id = :id and turn = :turn and state = 'running'"""
                    .formatted(LEASE))
            .param("id", lease.job().id())
            .param("turn", lease.number())
            .update()
        == 1;
  }

  /** One letter more was dealt with, in the transaction that {@link #hold holds} the job. */
  void advance(Lease lease, UUID letter, @Nullable String refusal) {
    jdbc.sql(
            """
            update dead_jobs set at_letter = :letter, done = done + :done,
              refused = refused + 1 - :done, last_refusal = coalesce(:refusal, last_refusal)
            where id = :id""")
        .param("letter", letter)
        .param("done", refusal == null ? 1 : 0)
        .param("refusal", refusal)
        .param("id", lease.job().id())
        .update();
  }

  /** The turn is over: the next one is anybody's, a second after this one began. */
  void release(Lease lease) {
    jdbc.sql(
            """
            update dead_jobs set next_at = :began + interval '1 second'
            where id = :id and turn = :turn and state = 'running'""")
        .param("began", lease.began())
        .param("id", lease.job().id())
        .param("turn", lease.number())
        .update();
  }

  void done(UUID id) {
    end(id, "done");
  }

  private void end(UUID id, String state) {
    jdbc.sql(
            """
            update dead_jobs set state = :state, ended_at = :now
            where id = :id and state = 'running'""")
        .param("state", state)
        .param("now", now())
        .param("id", id)
        .update();
  }

  private static Job read(ResultSet row, int index) throws SQLException {
    String project = row.getString("project");
    Timestamp ended = row.getTimestamp("ended_at");
    String who = row.getString("who");
    AuthenticatedCaller caller =
        new AuthenticatedCaller(
            who,
            who,
            project == null ? Project.DEFAULT : new Project(project),
            /* admin= */ project == null,
            KeyLimits.ALL);
    BulkRequest bulkRequest =
        new BulkRequest(
            AuditAction.Kind.valueOf(row.getString("act").toUpperCase(Locale.ROOT)),
            JSON.readValue(row.getString("filter"), BulkSelection.class),
            JSON.readValue(row.getString("edit"), RequestEdit.class),
            caller,
            new AuditAction(who, row.getString("by_name"), row.getString("why")),
            row.getInt("most"),
            row.getInt("per_second"));
    return new Job(
        row.getObject("id", UUID.class),
        bulkRequest,
        row.getString("state"),
        row.getLong("matched"),
        row.getObject("at_letter", UUID.class),
        row.getObject("last_letter", UUID.class),
        row.getLong("done"),
        row.getLong("refused"),
        row.getString("last_refusal"),
        row.getTimestamp("created_at").toInstant(),
        ended == null ? null : ended.toInstant());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
