package dev.sluice.producer.batch.validate;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.batch.Batch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Answers new tasks with the replies of identical requests of the same project, without a call.
 * Identical are endpoint, route and the bytes of the body. A batch with a check accepts only
 * answers that a worker has checked with the same schema.
 */
@Repository
class ResultReuse {
  /** The lateral query reads only tasks with the hash, even if the planner has no statistics. */
  private static final String ANSWER =
      """
      update tasks n set state = 'completed', reused = true, status_code = s.status_code,
        request_id = s.request_id, reply = s.reply, finished_at = :now
      from (
        select t.id, o.status_code, o.request_id, o.reply
        from tasks t join batches w on w.id = t.batch_id cross join lateral (
          select c.status_code, c.request_id, c.reply from tasks c
          where c.request_hash = t.request_hash and c.request_hash is not null
            and c.state = 'completed' and not c.cut_off and not c.reused
            and c.finished_at >= :since and c.route = t.route and c.body = t.body
            and exists (select from batches b
              where b.id = c.batch_id and b.project = :project and b.endpoint = :endpoint
                and (w.check_schema is null
                  or b.check_schema = w.check_schema and c.asks is not null and not c.accepted))
          order by c.finished_at desc limit 1) o
        where t.id = any(:ids::uuid[])) s
      where n.id = s.id
      returning n.id""";

  private final JdbcClient jdbc;
  private final MeterRegistry metrics;
  private final Clock clock;

  ResultReuse(JdbcClient jdbc, Routes routes, MeterRegistry metrics, Clock clock) {
    this.jdbc = jdbc;
    this.metrics = metrics;
    this.clock = clock;
    routes.names().forEach(this::counter);
  }

  private Counter counter(String route) {
    return Counter.builder("sluice.tasks.reused")
        .description("Tasks that were answered with a stored result, without a call")
        .tag("route", route)
        .register(metrics);
  }

  /**
   * Completes those of the tasks for which the batch accepts a stored result.
   *
   * @param tasks queued tasks of the batch, which the caller's transaction has inserted
   * @return the ids of the completed tasks
   */
  Set<UUID> answer(Batch batch, Collection<UUID> tasks) {
    Duration maxAge = batch.reuse();
    if (maxAge == null) {
      return Set.of();
    }
    Instant now = clock.instant();
    return Set.copyOf(
        jdbc.sql(ANSWER)
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("since", now.minus(maxAge).atOffset(ZoneOffset.UTC))
            .param("project", batch.project().name())
            .param("endpoint", batch.endpoint())
            .param(
                "ids",
                tasks.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")))
            .query(UUID.class)
            .list());
  }

  /** Adds completed tasks to the metric. Called after the commit, because a rollback is retried. */
  void count(Map<String, Long> reusedByRoute) {
    reusedByRoute.forEach((route, tasks) -> counter(route).increment(tasks));
  }
}
