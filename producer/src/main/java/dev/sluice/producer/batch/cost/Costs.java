package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.CachedTokens;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The usage of batches and projects by route and model. The transactions that finish tasks count
 * it.
 */
@Repository
public class Costs implements CachedTokens {
  private final JdbcClient jdbc;
  private final CostWriter writer;
  private final TierCosts tierCosts;
  private final PriceList prices;
  private final MeterRegistry metrics;
  private final Clock clock;

  Costs(
      JdbcClient jdbc,
      CostWriter writer,
      TierCosts tierCosts,
      PriceList prices,
      Routes routes,
      MeterRegistry metrics,
      Clock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.tierCosts = tierCosts;
    this.prices = prices;
    this.metrics = metrics;
    this.clock = clock;
    routes.names().forEach(this::costCounter);
  }

  private Counter costCounter(String route) {
    return Counter.builder("sluice.cost")
        .description(
            "Cost of finished tasks and live calls by the price list, failed ones included")
        .baseUnit("dollars")
        .tag("route", route)
        .register(metrics);
  }

  /** Adds the cost to the metric. Called after the commit, because a rollback is retried. */
  public void count(Map<Key, Usage> usages) {
    usages.forEach((key, sum) -> count(key.route(), key.model(), sum));
  }

  void count(String route, String model, Usage usage) {
    usage
        .byTier()
        .forEach(
            (tier, tokens) ->
                prices
                    .dollars(route, model, tokens)
                    .ifPresent(dollars -> costCounter(route).increment(dollars.doubleValue())));
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

  /**
   * The usage of finished tasks or calls.
   *
   * @param tasks their number
   * @param byTier their tokens by service tier
   */
  public record Usage(long tasks, Map<String, TokenUsage> byTier) {
    private static final long MAX_TOKENS = 1_000_000_000_000L;

    public Usage {
      byTier = Map.copyOf(byTier);
    }

    /** The usage of one; implausible counts are clamped, so that sums cannot overflow. */
    public static Usage of(TokenUsage one) {
      TokenUsage clamped =
          new TokenUsage(
              clamp(one.promptTokens()),
              clamp(one.completionTokens()),
              clamp(one.cachedTokens()),
              clamp(one.cacheWriteTokens()),
              one.serviceTier());
      return new Usage(1, Map.of(clamped.serviceTier(), clamped));
    }

    private static long clamp(long tokens) {
      return Math.clamp(tokens, 0, MAX_TOKENS);
    }

    public Usage plus(Usage other) {
      Map<String, TokenUsage> sum = new HashMap<>(byTier);
      other.byTier.forEach((tier, tokens) -> sum.merge(tier, tokens, TokenUsage::plus));
      return new Usage(tasks + other.tasks, sum);
    }

    TokenUsage total() {
      return byTier.values().stream().reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** The tokens of all tiers but the standard one. */
    List<TokenUsage> otherTiers() {
      return byTier.values().stream().filter(tokens -> !tokens.serviceTier().isEmpty()).toList();
    }
  }

  /** Stores the planned usage of a new batch. */
  public void create(BatchId batch, Collection<ModelUsage> planned) {
    writer.create(batch, planned);
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

  /** Adds the usage of finished tasks to their batches and projects. */
  public void add(Map<Key, Usage> usages) {
    writer.add(usages, month());
  }

  /** Identifies the usage of one model of a route by one project. */
  record ProjectKey(Project project, String route, String model) {
    static final Comparator<ProjectKey> ORDER =
        Comparator.comparing((ProjectKey key) -> key.project().name())
            .thenComparing(ProjectKey::route)
            .thenComparing(ProjectKey::model);
  }

  /** Adds the usage of live calls to their projects. */
  void addLive(Map<ProjectKey, Usage> usages) {
    writer.addLive(usages, month());
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
      Map<Key, List<TokenUsage>> tiers = tierCosts.of(batches);
      jdbc.sql("select * from costs where batch_id in (:ids) order by route, model")
          .param("ids", batches)
          .query(
              row -> {
                UUID batch = row.getObject("batch_id", UUID.class);
                Key key = new Key(batch, row.getString("route"), row.getString("model"));
                ModelUsage usage =
                    new ModelUsage(
                        key.route(),
                        key.model(),
                        row.getLong("tasks"),
                        row.getLong("estimated_prompt"),
                        row.getLong("estimated_reply"),
                        row.getLong("ended"),
                        TierCosts.byTier(
                            TierCosts.tokens(row, ""), tiers.getOrDefault(key, List.of())));
                usages.computeIfAbsent(batch, id -> new ArrayList<>()).add(usage);
              });
    }
    return usages;
  }

  @Override
  public Map<UUID, Long> cachedTokens(Collection<UUID> batches) {
    Map<UUID, Long> cached = new HashMap<>();
    of(batches)
        .forEach(
            (batch, usages) ->
                cached.put(
                    batch, usages.stream().mapToLong(usage -> usage.total().cachedTokens()).sum()));
    return cached;
  }

  /** The usage of a project in this month (UTC). */
  List<ModelUsage> ofThisMonth(Project project) {
    Map<ProjectKey, List<TokenUsage>> tiers = tierCosts.of(project, month());
    return jdbc.sql("select * from project_costs where project = :project and month = :month")
        .param("project", project.name())
        .param("month", month())
        .query(
            (row, index) -> {
              ProjectKey key =
                  new ProjectKey(project, row.getString("route"), row.getString("model"));
              return ModelUsage.ofEnded(
                  key.route(),
                  key.model(),
                  TierCosts.byTier(TierCosts.tokens(row, ""), tiers.getOrDefault(key, List.of())));
            })
        .list();
  }

  /** The first day of this month, in UTC. */
  LocalDate month() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).withDayOfMonth(1);
  }
}
