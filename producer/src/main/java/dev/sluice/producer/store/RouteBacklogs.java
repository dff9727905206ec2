package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts the unfinished tasks of a route, and finds its suspended batches. */
@Repository
public class RouteBacklogs {
  private static final String SUSPENDED =
      "(b.status = 'cancelling' or (b.status = 'in_progress' and b.paused_at is not null))";

  private final JdbcClient jdbc;
  private final Clock clock;

  RouteBacklogs(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The number of tasks of a route.
   *
   * @param queued tasks in PostgreSQL, of all batches
   * @param inBroker tasks in the broker or at a worker
   * @param heldInBroker those of held batches
   * @param ready whether a running batch has queued tasks
   * @param othersReady whether a running batch that is not held has queued tasks
   * @param suspended whether tasks in the broker belong to cancelled or paused batches
   * @param unconfirmed whether the broker has not confirmed all published tasks
   * @param projects the backlogs of the projects that have unfinished tasks
   */
  public record RouteBacklog(
      long queued,
      int inBroker,
      int heldInBroker,
      boolean ready,
      boolean othersReady,
      boolean suspended,
      boolean unconfirmed,
      List<ProjectBacklog> projects) {
    public static final RouteBacklog NONE =
        new RouteBacklog(0, 0, 0, false, false, false, false, List.of());

    public RouteBacklog {
      projects = List.copyOf(projects);
    }

    private RouteBacklog with(List<ProjectBacklog> ofProjects) {
      return new RouteBacklog(
          queued, inBroker, heldInBroker, ready, othersReady, suspended, unconfirmed, ofProjects);
    }
  }

  /**
   * The number of tasks of one project on a route.
   *
   * @param inBroker tasks in the broker or at a worker
   * @param ready whether a running batch that is not held has queued tasks
   */
  public record ProjectBacklog(String project, int inBroker, boolean ready) {}

  /**
   * Counts the tasks of a route.
   *
   * @param held the held batches
   */
  public RouteBacklog of(String route, Set<UUID> held) {
    List<ProjectBacklog> projects = new ArrayList<>();
    AtomicReference<RouteBacklog> total = new AtomicReference<>(RouteBacklog.NONE);
    jdbc.sql(
            """
            select b.project, coalesce(sum(s.queued), 0) as queued, coalesce(sum(s.submitted), 0) as in_broker,
              coalesce(sum(s.submitted) filter (where s.batch_id = any(:held::uuid[])), 0)
                as held_in_broker,
              coalesce(bool_or(s.queued > 0 and %1$s), false) as ready,
              coalesce(bool_or(s.queued > 0 and s.batch_id <> all(:held::uuid[]) and %1$s), false)
                as others_ready,
              coalesce(bool_or(s.submitted > 0 and %2$s), false) as suspended,
              exists (select from publications p where p.route = :route) as unconfirmed
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and (s.queued > 0 or s.submitted > 0)
            group by grouping sets ((), (b.project))"""
                .formatted(TaskSelector.DISPATCHABLE, SUSPENDED))
        .param("route", route)
        .param("held", SqlValues.array(held))
        .param("now", SqlValues.now(clock))
        .query(
            row -> {
              String project = row.getString("project");
              if (project == null) {
                total.set(total(row));
              } else {
                projects.add(
                    new ProjectBacklog(
                        project, row.getInt("in_broker"), row.getBoolean("others_ready")));
              }
            });
    return total.get().with(projects);
  }

  private static RouteBacklog total(ResultSet row) throws SQLException {
    return new RouteBacklog(
        row.getLong("queued"),
        row.getInt("in_broker"),
        row.getInt("held_in_broker"),
        row.getBoolean("ready"),
        row.getBoolean("others_ready"),
        row.getBoolean("suspended"),
        row.getBoolean("unconfirmed"),
        List.of());
  }

  /** Why a batch is suspended. */
  public enum Suspension {
    CANCELLED,
    PAUSED
  }

  /** The suspended batches that have tasks in the broker. */
  public Map<UUID, Suspension> suspendedBatches(String route) {
    Map<UUID, Suspension> suspended = new HashMap<>();
    jdbc.sql(
            """
            select b.id, b.status = 'cancelling' as cancelled
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and s.submitted > 0 and %s"""
                .formatted(SUSPENDED))
        .param("route", route)
        .query(
            row -> {
              suspended.put(
                  row.getObject("id", UUID.class),
                  row.getBoolean("cancelled") ? Suspension.CANCELLED : Suspension.PAUSED);
            });
    return suspended;
  }
}
