package dev.sluice.producer.store;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The tasks that are being published, in PostgreSQL. Each method is one transaction; none calls the
 * broker.
 *
 * <table>
 *   <caption>Steps of a publication</caption>
 *   <tr><th>step</th><th>tasks</th><th>row in {@code publications}</th></tr>
 *   <tr><td>{@link #start}</td><td>queued to submitted</td><td>inserted</td></tr>
 *   <tr><td>publish, wait for the confirms</td><td></td><td></td></tr>
 *   <tr><td>{@link #confirm}</td><td></td><td>deleted, or reduced to the unconfirmed tasks</td></tr>
 *   <tr><td>{@link #requeue}, if they are lost</td><td>submitted to queued</td><td>deleted</td></tr>
 * </table>
 */
@Component
public class Publications {
  private final JdbcClient jdbc;
  private final TaskSelector selector;
  private final SubmittedTasks submitted;
  private final TransactionTemplate transaction;

  Publications(
      JdbcClient jdbc,
      TaskSelector selector,
      SubmittedTasks submitted,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.selector = selector;
    this.submitted = submitted;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Tasks of a route that are published together. */
  public record Publication(UUID id, String route, List<UUID> tasks) {
    public Publication {
      tasks = List.copyOf(tasks);
    }
  }

  /** A publication that starts now, with its tasks. */
  public record Started(Publication publication, List<TaskMessage> tasks) {}

  /** The batches and projects whose tasks are not published now. */
  public record Skipped(Set<UUID> batches, Set<String> projects) {
    public Skipped {
      batches = Set.copyOf(batches);
      projects = Set.copyOf(projects);
    }
  }

  /**
   * The dispatcher's counters of a route.
   *
   * @param confirmed tasks that all producers have ever published to the queue
   * @param scans by a withdrawal that changed the order of the queue
   */
  public record DispatchCounters(long confirmed, long scans) {}

  public DispatchCounters counters(String route) {
    return findCounters(route)
        .orElseGet(
            () -> {
              jdbc.sql("insert into feeds (route) values (:route) on conflict do nothing")
                  .param("route", route)
                  .update();
              return findCounters(route).orElseThrow();
            });
  }

  private Optional<DispatchCounters> findCounters(String route) {
    return jdbc.sql("select published as confirmed, scans from feeds where route = :route")
        .param("route", route)
        .query(SqlValues.rows(DispatchCounters.class))
        .optional();
  }

  /**
   * The dispatcher's counters of a route, with the tasks that are being published.
   *
   * @param publishing tasks that are in the queue or will be, but not counted as confirmed
   */
  public record DispatchPosition(DispatchCounters counters, long publishing) {}

  /** Reads both in one statement: a confirmed publication is in exactly one of the numbers. */
  public DispatchPosition position(String route) {
    return jdbc.sql(
            """
            select f.published, f.scans, coalesce((
              select sum(cardinality(p.tasks)) from publications p where p.route = f.route), 0)
              as publishing
            from feeds f where f.route = :route\
            """)
        .param("route", route)
        .query(
            (row, index) ->
                new DispatchPosition(
                    new DispatchCounters(row.getLong("published"), row.getLong("scans")),
                    row.getLong("publishing")))
        .optional()
        .orElse(new DispatchPosition(new DispatchCounters(0, 0), 0));
  }

  /** Counts a scan that starts now. */
  public void countScan(String route) {
    addScans(route, 1);
  }

  /** Undoes the count of a scan that has not changed the order of the tasks. */
  public void uncountScan(String route) {
    addScans(route, -1);
  }

  private void addScans(String route, int change) {
    jdbc.sql("update feeds set scans = scans + :change where route = :route")
        .param("change", change)
        .param("route", route)
        .update();
  }

  /** Marks the next tasks as submitted, and records that they are being published. */
  public Optional<Started> start(String route, int limit, Skipped skipped) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              List<TaskSelector.Candidate> next = selector.selectNext(route, limit, skipped);
              if (next.isEmpty()) {
                return Optional.empty();
              }
              submitted.markSubmitted(route, next);
              List<UUID> ids = next.stream().map(task -> task.toSubmitted().id()).toList();
              Publication publication = new Publication(UUID.randomUUID(), route, ids);
              insert(publication);
              return Optional.of(
                  new Started(
                      publication, next.stream().map(TaskSelector.Candidate::message).toList()));
            }));
  }

  /**
   * Also takes the tasks out of earlier publications, which may not requeue them any more. These
   * may be of another route: an operator can replay a task on a different one.
   */
  private void insert(Publication publication) {
    jdbc.sql(
            """
            update publications
            set tasks = array(select unnest(tasks) except select unnest(:tasks::uuid[]))
            where tasks && :tasks::uuid[]\
            """)
        .param("tasks", SqlValues.array(publication.tasks()))
        .update();
    jdbc.sql("insert into publications (id, route, tasks) values (:id, :route, :tasks::uuid[])")
        .param("id", publication.id())
        .param("route", publication.route())
        .param("tasks", SqlValues.array(publication.tasks()))
        .update();
  }

  /** Records the broker's confirms. */
  public void confirm(Publication publication, Set<UUID> confirmed) {
    List<UUID> unconfirmed =
        publication.tasks().stream().filter(task -> !confirmed.contains(task)).toList();
    transaction.executeWithoutResult(
        status -> {
          if (unconfirmed.isEmpty()) {
            delete(publication);
          } else {
            // A later publication may have taken some of them out.
            jdbc.sql(
                    """
                    update publications
                    set tasks = array(select unnest(tasks) intersect select unnest(:tasks::uuid[]))
                    where id = :id\
                    """)
                .param("tasks", SqlValues.array(unconfirmed))
                .param("id", publication.id())
                .update();
          }
          jdbc.sql("update feeds set published = published + :count where route = :route")
              .param("count", confirmed.size())
              .param("route", publication.route())
              .update();
        });
  }

  /** The publications of the route that are not confirmed. */
  public List<Publication> unconfirmed(String route) {
    return jdbc.sql("select id, route, tasks from publications where route = :route order by id")
        .param("route", route)
        .query((row, index) -> publication(row))
        .list();
  }

  /** Deletes the publications of the route whose tasks have all finished. */
  public void deleteEnded(String route) {
    jdbc.sql(
            """
            delete from publications p where p.route = :route and not exists (
              select from tasks t where t.id = any(p.tasks) and t.state || '' = 'submitted')\
            """)
        .param("route", route)
        .update();
  }

  /**
   * Returns those tasks of a lost publication to the backlog that have not finished.
   *
   * @return their number; 0 if another producer has done it
   */
  public int requeue(Publication lost) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> delete(lost) == 0 ? 0 : submitted.markQueued(lost.route(), lost.tasks())));
  }

  /** Returns tasks to the backlog that were taken out of the queue. */
  public void requeue(String route, List<SubmittedTasks.TaskRun> withdrawn) {
    transaction.executeWithoutResult(status -> submitted.markRunsQueued(route, withdrawn));
  }

  private int delete(Publication publication) {
    return jdbc.sql("delete from publications where id = :id")
        .param("id", publication.id())
        .update();
  }

  private static Publication publication(ResultSet row) throws SQLException {
    return new Publication(
        row.getObject("id", UUID.class),
        row.getString("route"),
        List.of((UUID[]) row.getArray("tasks").getArray()));
  }
}
