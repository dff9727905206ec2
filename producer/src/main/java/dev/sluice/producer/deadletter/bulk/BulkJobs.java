package dev.sluice.producer.deadletter.bulk;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.deadletter.AuditAction;
import dev.sluice.producer.deadletter.DeadLetterFilter;
import dev.sluice.producer.deadletter.DeadLetterQueries;
import dev.sluice.producer.deadletter.RequestEdit;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Stores the bulk jobs in PostgreSQL. */
@Repository
class BulkJobs {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Time after which another producer takes over a job; renewed with each dead letter. Longer than
   * the lease of a dead letter and the wait for a confirm.
   */
  private static final String LEASE = "interval '60 seconds'";

  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  BulkJobs(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * The dead letters that a request selects. Stored as JSON with these names.
   *
   * @param filter values by filter name
   * @param ids null for all dead letters that the filter matches
   */
  record BulkSelection(Map<String, String> filter, @Nullable List<UUID> ids) {
    DeadLetterFilter filter(AuthenticatedCaller caller) {
      DeadLetterFilter all = DeadLetterFilter.of(filter, caller);
      return ids == null ? all : all.and("id in (:ids)", "ids", ids);
    }
  }

  /**
   * A request for a job.
   *
   * @param caller limits the job to the dead letters that this caller may see
   * @param limit the maximum number of dead letters to process
   */
  record BulkRequest(
      BulkSelection selection,
      AuthenticatedCaller caller,
      AuditAction action,
      int limit,
      int perSecond) {}

  /**
   * A job and its progress.
   *
   * @param state {@code running}, {@code done} or {@code stopped}
   * @param lastProcessed the dead letter that was processed last; null before the first
   * @param lastMatched the newest dead letter that matched at creation; null if none did
   * @param finishedAt null until the job finishes
   */
  record Job(
      UUID id,
      BulkRequest request,
      String state,
      long matched,
      @Nullable UUID lastProcessed,
      @Nullable UUID lastMatched,
      long succeeded,
      long rejected,
      @Nullable String lastRejection,
      Instant createdAt,
      @Nullable Instant finishedAt) {}

  UUID create(BulkRequest request, DeadLetterQueries.Selection selection) {
    UUID id = ids.generate();
    AuditAction action = request.action();
    jdbc.sql(
            """
            insert into dead_jobs (id, act, project, filter, edit, who, by_name, why, most,
              per_second, matched, state, last_letter, created_at, next_at)
            values (:id, :act, :project, :filter::jsonb, :edit::jsonb, :who, :by, :why, :most,
              :perSecond, :matched, 'running', :last, :now,
              clock_timestamp())\
            """)
        .param("id", id)
        .param("act", action.kind().wireName())
        .param("project", request.caller().admin() ? null : request.caller().project().name())
        .param("filter", JSON.writeValueAsString(request.selection()))
        .param("edit", JSON.writeValueAsString(action.edit()))
        .param("who", action.apiKey())
        .param("by", action.operator())
        .param("why", action.reason())
        .param("most", request.limit())
        .param("perSecond", request.perSecond())
        .param("matched", selection.count())
        .param("last", selection.last(), Types.OTHER)
        .param("now", SqlValues.now(clock))
        .update();
    return id;
  }

  boolean areRunning() {
    return jdbc.sql("select exists (select from dead_jobs where state = 'running')")
        .query(Boolean.class)
        .single();
  }

  Optional<Job> find(UUID id, AuthenticatedCaller caller) {
    return jdbc.sql(
            """
            select * from dead_jobs
            where id = :id and (:project::text is null or project = :project)\
            """)
        .param("id", id)
        .param("project", caller.admin() ? null : caller.project().name())
        .query(BulkJobs::read)
        .optional();
  }

  /**
   * The visible jobs, newest first.
   *
   * @param after only jobs that are older than this one; null for all
   */
  List<Job> list(AuthenticatedCaller caller, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            select * from dead_jobs where (:project::text is null or project = :project)
              and (:after::uuid is null or (created_at, id) <
                (select j.created_at, j.id from dead_jobs j where j.id = :after))
            order by created_at desc, id desc limit :limit\
            """)
        .param("project", caller.admin() ? null : caller.project().name())
        .param("after", after)
        .param("limit", limit)
        .query(BulkJobs::read)
        .list();
  }

  void stop(UUID id) {
    end(id, "stopped");
  }

  /**
   * One producer's exclusive right to process a job, until another producer claims it.
   *
   * @param number fencing token; each claim increments it
   * @param claimedAt by the database's clock
   */
  record Lease(Job job, long number, OffsetDateTime claimedAt) {}

  /**
   * Claims a running job whose next run is due. Uses the database's clock, because the producers'
   * clocks may differ.
   */
  Optional<Lease> claim() {
    return jdbc.sql(
            """
            update dead_jobs set turn = turn + 1, next_at = clock_timestamp() + %1$s where id = (
              select id from dead_jobs where state = 'running' and next_at <= clock_timestamp()
              order by next_at limit 1 for update skip locked)
            returning *, next_at - %1$s as claimed_at\
            """
                .formatted(LEASE))
        .query(
            (row, index) ->
                new Lease(
                    read(row, index),
                    row.getLong("turn"),
                    row.getObject("claimed_at", OffsetDateTime.class)))
        .optional();
  }

  /**
   * Locks the job for this transaction and renews its lease.
   *
   * @return false if another producer has claimed the job or an operator has stopped it
   */
  boolean renew(Lease lease) {
    return jdbc.sql(
                """
                update dead_jobs set next_at = clock_timestamp() + %s
                where id = :id and turn = :turn and state = 'running'\
                """
                    .formatted(LEASE))
            .param("id", lease.job().id())
            .param("turn", lease.number())
            .update()
        == 1;
  }

  /** Counts one processed dead letter, in the transaction that {@link #renew renewed} the lease. */
  void advance(Lease lease, UUID deadLetter, @Nullable String rejection) {
    jdbc.sql(
            """
            update dead_jobs set at_letter = :deadLetter, done = done + :done,
              refused = refused + 1 - :done, last_refusal = coalesce(:rejection, last_refusal)
            where id = :id\
            """)
        .param("deadLetter", deadLetter)
        .param("done", rejection == null ? 1 : 0)
        .param("rejection", rejection)
        .param("id", lease.job().id())
        .update();
  }

  /** Releases the lease; any producer may claim the job one second after this lease began. */
  void release(Lease lease) {
    jdbc.sql(
            """
            update dead_jobs set next_at = :claimedAt + interval '1 second'
            where id = :id and turn = :turn and state = 'running'\
            """)
        .param("claimedAt", lease.claimedAt())
        .param("id", lease.job().id())
        .param("turn", lease.number())
        .update();
  }

  void complete(UUID id) {
    end(id, "done");
  }

  private void end(UUID id, String state) {
    jdbc.sql(
            """
            update dead_jobs set state = :state, ended_at = :now
            where id = :id and state = 'running'\
            """)
        .param("state", state)
        .param("now", SqlValues.now(clock))
        .param("id", id)
        .update();
  }

  private static Job read(ResultSet row, int index) throws SQLException {
    String project = row.getString("project");
    Timestamp finished = row.getTimestamp("ended_at");
    String apiKey = row.getString("who");
    AuthenticatedCaller caller =
        new AuthenticatedCaller(
            apiKey,
            apiKey,
            project == null ? Project.DEFAULT : new Project(project),
            /* admin= */ project == null,
            KeyLimits.NONE);
    BulkRequest request =
        new BulkRequest(
            JSON.readValue(row.getString("filter"), BulkSelection.class),
            caller,
            new AuditAction(
                AuditAction.Kind.named(row.getString("act")).orElseThrow(),
                JSON.readValue(row.getString("edit"), RequestEdit.class),
                apiKey,
                row.getString("by_name"),
                row.getString("why")),
            row.getInt("most"),
            row.getInt("per_second"));
    return new Job(
        row.getObject("id", UUID.class),
        request,
        row.getString("state"),
        row.getLong("matched"),
        row.getObject("at_letter", UUID.class),
        row.getObject("last_letter", UUID.class),
        row.getLong("done"),
        row.getLong("refused"),
        row.getString("last_refusal"),
        row.getTimestamp("created_at").toInstant(),
        finished == null ? null : finished.toInstant());
  }
}
