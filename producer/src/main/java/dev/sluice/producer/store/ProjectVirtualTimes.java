package dev.sluice.producer.store;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Repository;

/**
 * The virtual times of the projects, per route: the tokens of a project's submitted tasks.
 *
 * <p>The route also has a virtual time: the minimum of the projects with queued tasks. A project
 * without queued tasks falls behind it, and starts there again. Callers hold the lock of the route.
 */
@Repository
class ProjectVirtualTimes {
  private final JdbcOperations jdbc;

  ProjectVirtualTimes(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** Sets the route's virtual time to the minimum of its projects; it never decreases. */
  void advance(String route, double min) {
    jdbc.update(
        "update feeds set virtual_time = ? where route = ? and virtual_time < ?", min, route, min);
  }

  /** Adds the tokens of submitted tasks, by project. */
  void add(String route, Map<String, Long> tokens) {
    jdbc.batchUpdate(
        """
        insert into project_shares as p (project, route, passed)
        select ?, route, virtual_time + ? from feeds where route = ?
        on conflict (project, route) do update set
          passed = greatest(p.passed + ?, excluded.passed)""",
        new TreeMap<>(tokens)
            .entrySet().stream()
                .map(
                    project ->
                        new Object[] {
                          project.getKey(), project.getValue(), route, project.getValue()
                        })
                .toList());
  }
}
