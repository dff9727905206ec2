package dev.sluice.producer.batch.cost;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Date;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The usage of batches and projects by route and model. Transactions that end tasks count it. */
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
    routes.names().forEach(this::costCounter);
  }

  private Counter costCounter(String route) {
    return Counter.builder("sluice.cost")
        .description("Cost of ended tasks and live calls by the price list, failed ones included")
        .baseUnit("dollars")
        .tag("route", route)
        .register(metrics);
  }

  /** Adds the cost to the metric. Called after the commit, because a rollback is retried. */
  public void count(Map<Key, Usage> usages) {
    usages.forEach((key, sum) -> count(key.route(), key.model(), sum));
  }

  private void count(String route, String model, Usage usage) {
    prices
        .dollars(route, model, usage.promptTokens(), usage.completionTokens())
        .ifPresent(dollars -> costCounter(route).increment(dollars.doubleValue()));
  }

  /** Identifies the usage of one model of a route by one batch. */
  public record Key(UUID batch, String route, String model) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byBatch = batch.toString().compareTo(other.batch.toString());
      int byRoute = byBatch != 0 ? byBatch : route.compareTo(other.route);
      return byRoute != 0 ? byRoute : model.compareTo(other.model);
    }
  }

  /** The usage of ended tasks. */
  public record Usage(long tasks, long promptTokens, long completionTokens) {
    public Usage plus(Usage other) {
      return new Usage(
          tasks + other.tasks,
          promptTokens + other.promptTokens,
          completionTokens + other.completionTokens);
    }
  }

  /** Stores the planned usage of a new batch. */
  public void create(BatchId batch, Collection<ModelUsage> planned) {
    List<Object[]> rows =
        planned.stream()
            .map(
                usage ->
                    new Object[] {
                      batch.uuid(),
                      usage.route(),
                      usage.model(),
                      usage.tasks(),
                      usage.estimatedPromptTokens(),
                      usage.estimatedCompletionTokens()
                    })
            .toList();
    bulk.batchUpdate(
        """
        insert into costs (batch_id, route, model, tasks, estimated_prompt, estimated_reply)
        values (?, ?, ?, ?, ?, ?)""",
        rows);
  }

  /** Adds tasks to a running batch; their usage is part of what was planned. */
  public void addTasks(Key key, long tasks) {
    jdbc.sql(
            """
            update costs set tasks = tasks + :tasks
            where batch_id = :batch and route = :route and model = :model""")
        .param("tasks", tasks)
        .param("batch", key.batch())
        .param("route", key.route())
        .param("model", key.model())
        .update();
  }

  /** Moves a replayed task to its new route and model. The usage of its earlier runs remains. */
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

  /** Adds the usage of ended tasks to their batches and projects. */
  public void add(Map<Key, Usage> usages) {
    List<Object[]> batchRows = new ArrayList<>();
    new TreeMap<>(usages)
        .forEach(
            (key, sum) ->
                batchRows.add(
                    new Object[] {
                      sum.tasks(),
                      sum.promptTokens(),
                      sum.completionTokens(),
                      key.batch(),
                      key.route(),
                      key.model()
                    }));
    // A replayed task may have a model that its batch did not have at the start.
    bulk.batchUpdate(
        """
        insert into costs (ended, prompt_tokens, completion_tokens, batch_id, route, model, tasks,
          estimated_prompt, estimated_reply)
        values (?, ?, ?, ?, ?, ?, 0, 0, 0)
        on conflict (batch_id, route, model) do update set ended = costs.ended + excluded.ended,
          prompt_tokens = costs.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = costs.completion_tokens + excluded.completion_tokens""",
        batchRows);
    Date month = Date.valueOf(month());
    List<Object[]> projectRows = new ArrayList<>();
    for (Object[] row : batchRows) {
      projectRows.add(new Object[] {month, row[4], row[5], row[1], row[2], row[3]});
    }
    bulk.batchUpdate(
        """
        insert into project_costs
          (project, month, route, model, prompt_tokens, completion_tokens)
        select b.project, ?, ?, ?, ?, ? from batches b where b.id = ?
        on conflict (project, month, route, model) do update set
          prompt_tokens = project_costs.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = project_costs.completion_tokens + excluded.completion_tokens""",
        projectRows);
  }

  /** Identifies the usage of one model of a route by one project. */
  record ProjectKey(Project project, String route, String model) {
    private static final Comparator<ProjectKey> ORDER =
        Comparator.comparing((ProjectKey key) -> key.project().name())
            .thenComparing(ProjectKey::route)
            .thenComparing(ProjectKey::model);
  }

  /** Adds the usage of live calls to their projects, and to the metric. */
  void addLive(Map<ProjectKey, Usage> usages) {
    Date month = Date.valueOf(month());
    bulk.batchUpdate(
        """
        insert into project_costs
          (project, month, route, model, prompt_tokens, completion_tokens)
        values (?, ?, ?, ?, ?, ?)
        on conflict (project, month, route, model) do update set
          prompt_tokens = project_costs.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = project_costs.completion_tokens + excluded.completion_tokens""",
        usages.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(ProjectKey.ORDER)) // one lock order for all producers
            .map(
                entry ->
                    new Object[] {
                      entry.getKey().project().name(),
                      month,
                      entry.getKey().route(),
                      entry.getKey().model(),
                      entry.getValue().promptTokens(),
                      entry.getValue().completionTokens()
                    })
            .toList());
    usages.forEach((key, usage) -> count(key.route(), key.model(), usage));
  }

  /**
   * The models without a price, if a budget limits the batch; their cost could not be counted.
   *
   * @param usages the usage of the batch
   */
  public List<ModelUsage> unpriced(Batch batch, Collection<ModelUsage> usages) {
    boolean isLimited =
        batch.budget() != null
            || jdbc.sql("select exists (select from project_budgets where project = :project)")
                .param("project", batch.project().name())
                .query(Boolean.class)
                .single();
    return isLimited ? prices.unpriced(usages) : List.of();
  }

  /** The usage of these batches, by their ids. */
  public Map<UUID, List<ModelUsage>> of(Collection<UUID> batches) {
    Map<UUID, List<ModelUsage>> usages = new HashMap<>();
    if (!batches.isEmpty()) {
      jdbc.sql("select * from costs where batch_id in (:ids) order by route, model")
          .param("ids", batches)
          .query(
              row -> {
                ModelUsage usage =
                    new ModelUsage(
                        row.getString("route"),
                        row.getString("model"),
                        row.getLong("tasks"),
                        row.getLong("estimated_prompt"),
                        row.getLong("estimated_reply"),
                        row.getLong("ended"),
                        row.getLong("prompt_tokens"),
                        row.getLong("completion_tokens"));
                usages
                    .computeIfAbsent(row.getObject("batch_id", UUID.class), id -> new ArrayList<>())
                    .add(usage);
              });
    }
    return usages;
  }

  /** The usage of a project in this month (UTC). */
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
