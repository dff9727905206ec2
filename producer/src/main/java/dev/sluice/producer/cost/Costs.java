package dev.sluice.producer.cost;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Date;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What batches and projects have taken of each model, counted in the transactions that end the
 * tasks, behind all other locks and in one order.
 */
@Repository
public class Costs {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final PriceList prices;
  private final MeterRegistry metrics;
  private final Clock clock;

  Costs(
      JdbcClient jdbc,
      JdbcOperations bulk,
      PriceList prices,
      Routes routes,
      MeterRegistry metrics,
      Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.prices = prices;
    this.metrics = metrics;
    this.clock = clock;
    routes.names().forEach(this::spent);
  }

  private Counter spent(String route) {
    return Counter.builder("sluice.cost")
        .description("What ended tasks cost by the price list, failed ones too")
        .baseUnit("dollars")
        .tag("route", route)
        .register(metrics);
  }

  /** After the commit: what was rolled back comes again. */
  public void count(Map<Key, Usage> taken) {
    taken.forEach(
        (key, sum) ->
            prices
                .dollars(key.route(), key.model(), sum.promptTokens(), sum.completionTokens())
                .ifPresent(dollars -> spent(key.route()).increment(dollars.doubleValue())));
  }

  /** A batch's part of a model. */
  public record Key(UUID batch, String route, String model) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byBatch = batch.toString().compareTo(other.batch.toString());
      int byRoute = byBatch != 0 ? byBatch : route.compareTo(other.route);
      return byRoute != 0 ? byRoute : model.compareTo(other.model);
    }
  }

  /** What ended tasks took. */
  public record Usage(long tasks, long promptTokens, long completionTokens) {
    public Usage plus(Usage other) {
      return new Usage(
          tasks + other.tasks,
          promptTokens + other.promptTokens,
          completionTokens + other.completionTokens);
    }
  }

  /** A batch's tasks are there. */
  public void open(BatchId batch, Collection<ModelUsage> planned) {
    List<Object[]> rows =
        planned.stream()
            .map(
                use ->
                    new Object[] {
                      batch.uuid(),
                      use.route(),
                      use.model(),
                      use.tasks(),
                      use.estimatedPrompt(),
                      use.estimatedReply()
                    })
            .toList();
    bulk.batchUpdate(
        """
        insert into costs (batch_id, route, model, tasks, estimated_prompt, estimated_reply)
        values (?, ?, ?, ?, ?, ?)""",
        rows);
  }

  /** A task runs again, as the second: what its first run took stays spent. */
  public void replay(Key before, Key now) {
    jdbc.sql(
            """
            update costs set tasks = tasks - 1, ended = ended - 1
            where batch_id = :batch and route = :route and model = :model""")
        .param("batch", before.batch())
        .param("route", before.route())
        .param("model", before.model())
        .update();
    jdbc.sql(
            """
            insert into costs (batch_id, route, model, tasks, estimated_prompt, estimated_reply)
            values (:batch, :route, :model, 1, 0, 0)
            on conflict (batch_id, route, model) do update set tasks = costs.tasks + 1""")
        .param("batch", now.batch())
        .param("route", now.route())
        .param("model", now.model())
        .update();
  }

  /** Tasks have ended. */
  public void add(Map<Key, Usage> taken) {
    List<Object[]> ofBatches = new ArrayList<>();
    new TreeMap<>(taken)
        .forEach(
            (key, sum) ->
                ofBatches.add(
                    new Object[] {
                      sum.tasks(),
                      sum.promptTokens(),
                      sum.completionTokens(),
                      key.batch(),
                      key.route(),
                      key.model()
                    }));
    // A task that was replayed may have another model than any that its batch began with.
    bulk.batchUpdate(
        """
        insert into costs (ended, prompt_tokens, completion_tokens, batch_id, route, model, tasks,
          estimated_prompt, estimated_reply)
        values (?, ?, ?, ?, ?, ?, 0, 0, 0)
        on conflict (batch_id, route, model) do update set ended = costs.ended + excluded.ended,
          prompt_tokens = costs.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = costs.completion_tokens + excluded.completion_tokens""",
        ofBatches);
    Date month = Date.valueOf(month());
    List<Object[]> ofProjects = new ArrayList<>();
    for (Object[] row : ofBatches) {
      ofProjects.add(new Object[] {month, row[4], row[5], row[1], row[2], row[3]});
    }
    bulk.batchUpdate(
        """
        insert into project_costs
          (project, month, route, model, prompt_tokens, completion_tokens)
        select b.project, ?, ?, ?, ?, ? from batches b where b.id = ?
        on conflict (project, month, route, model) do update set
          prompt_tokens = project_costs.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = project_costs.completion_tokens + excluded.completion_tokens""",
        ofProjects);
  }

  /** What these batches take, by their ids. */
  public Map<UUID, List<ModelUsage>> of(Collection<UUID> batches) {
    Map<UUID, List<ModelUsage>> uses = new HashMap<>();
    if (!batches.isEmpty()) {
      jdbc.sql("select * from costs where batch_id in (:ids) order by route, model")
          .param("ids", batches)
          .query(
              row -> {
                ModelUsage use =
                    new ModelUsage(
                        row.getString("route"),
                        row.getString("model"),
                        row.getLong("tasks"),
                        row.getLong("estimated_prompt"),
                        row.getLong("estimated_reply"),
                        row.getLong("ended"),
                        row.getLong("prompt_tokens"),
                        row.getLong("completion_tokens"));
                uses.computeIfAbsent(row.getObject("batch_id", UUID.class), id -> new ArrayList<>())
                    .add(use);
              });
    }
    return uses;
  }

  /** What a project has taken in this month. */
  List<ModelUsage> ofThisMonth(Project project) {
    return jdbc.sql("select * from project_costs where project = :project and month = :month")
        .param("project", project.name())
        .param("month", month())
        .query(
            (row, index) ->
                new ModelUsage(
                    row.getString("route"),
                    row.getString("model"),
                    0,
                    0,
                    0,
                    0,
                    row.getLong("prompt_tokens"),
                    row.getLong("completion_tokens")))
        .list();
  }

  private LocalDate month() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).withDayOfMonth(1);
  }
}
