package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The usage of live calls in each month, by key and step. */
@Repository
public class LiveCosts {
  private static final int SCALE = 6;

  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Costs costs;
  private final PriceList prices;
  private final MeterRegistry metrics;

  LiveCosts(
      JdbcClient jdbc, JdbcOperations bulk, Costs costs, PriceList prices, MeterRegistry metrics) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.costs = costs;
    this.prices = prices;
    this.metrics = metrics;
  }

  /** Identifies the usage of one model of a route by one step of a key. */
  record Key(Project project, String key, String step, String route, String model) {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::key)
            .thenComparing((Key key) -> key.project().name())
            .thenComparing(Key::step)
            .thenComparing(Key::route)
            .thenComparing(Key::model);

    Costs.ProjectKey ofProject() {
      return new Costs.ProjectKey(project, route, model);
    }
  }

  /**
   * The cost of the live calls of one step of a key in this month (UTC).
   *
   * @param key id of the key; {@code admin} for the administrator's
   * @param name name of the key
   * @param step {@code -} for calls that name none
   * @param cachedTokens the prompt tokens that providers read from their prompt caches
   * @param dollars null if a model has no price
   */
  public record LiveCost(
      String project,
      String key,
      String name,
      String step,
      long calls,
      long promptTokens,
      long cachedTokens,
      long completionTokens,
      @Nullable BigDecimal dollars) {

    private LiveCost plus(LiveCost other) {
      return new LiveCost(
          project,
          key,
          name,
          step,
          calls + other.calls,
          promptTokens + other.promptTokens,
          cachedTokens + other.cachedTokens,
          completionTokens + other.completionTokens,
          dollars == null || other.dollars == null ? null : dollars.add(other.dollars));
    }
  }

  /** Adds the usage of live calls to their projects, keys and steps, and to the metrics. */
  @Transactional
  public void add(Map<Key, Costs.Usage> usages) {
    Map<Costs.ProjectKey, Costs.Usage> ofProjects = new HashMap<>();
    usages.forEach((key, usage) -> ofProjects.merge(key.ofProject(), usage, Costs.Usage::plus));
    costs.addLive(ofProjects);
    Date month = Date.valueOf(costs.month());
    List<Object[]> rows = new ArrayList<>();
    usages.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Key.ORDER)) // one lock order for all producers
        .forEach(
            entry -> {
              Key key = entry.getKey();
              Object[] of = {
                key.key(), month, key.project().name(), key.step(), key.route(), key.model()
              };
              long calls = entry.getValue().tasks();
              for (TokenUsage tier : entry.getValue().byTier().values()) {
                rows.add(CostWriter.row(of, tier.serviceTier(), calls, CostWriter.tokens(tier)));
                calls = 0; // counted once
              }
            });
    bulk.batchUpdate(
        """
        insert into live_costs as c
          (key_id, month, project, step, route, model, service_tier, calls, %s)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (key_id, month, project, step, route, model, service_tier)
        do update set calls = c.calls + excluded.calls, %s"""
            .formatted(CostWriter.TOKENS, CostWriter.ADD_TOKENS),
        rows);
  }

  /** Adds the cost to the metrics. Called after the commit, because a rollback is retried. */
  public void count(Map<Key, Costs.Usage> usages) {
    usages.forEach(
        (key, usage) -> {
          costs.count(key.route(), key.model(), usage);
          usage
              .byTier()
              .values()
              .forEach(
                  tokens ->
                      prices
                          .dollars(key.route(), key.model(), tokens)
                          .ifPresent(dollars -> counter(key).increment(dollars.doubleValue())));
        });
  }

  private Counter counter(Key key) {
    return Counter.builder("sluice.live.cost")
        .description("Cost of live calls by the price list")
        .baseUnit("dollars")
        .tags("route", key.route(), "step", key.step())
        .register(metrics);
  }

  /** What a key has spent in this month, in US dollars, without models that have no price. */
  public BigDecimal spentBy(String key) {
    return prices.spent(
        jdbc.sql(
                """
                select route, model, service_tier, sum(prompt_tokens) as prompt_tokens,
                  sum(completion_tokens) as completion_tokens, sum(cached_tokens) as cached_tokens,
                  sum(cache_write_tokens) as cache_write_tokens
                from live_costs where key_id = :key and month = :month
                group by route, model, service_tier""")
            .param("key", key)
            .param("month", costs.month())
            .query(
                (row, index) ->
                    ModelUsage.ofEnded(
                        row.getString("route"),
                        row.getString("model"),
                        List.of(TierCosts.tokens(row, row.getString("service_tier")))))
            .list());
  }

  /** The first day of the month of {@link #ofThisMonth}. */
  public LocalDate month() {
    return costs.month();
  }

  /**
   * The cost by key and step in this month, the highest first; those without a price come first.
   */
  public List<LiveCost> ofThisMonth(ProjectScope scope) {
    Map<String, LiveCost> sums = new LinkedHashMap<>();
    jdbc.sql(
            """
            select c.*, coalesce(k.name, c.key_id) as name from live_costs c
            left join api_keys k on k.id = c.key_id where c.month = :month""")
        .param("month", costs.month())
        .query(
            row -> {
              TokenUsage tokens = TierCosts.tokens(row, row.getString("service_tier"));
              LiveCost cost =
                  new LiveCost(
                      row.getString("project"),
                      row.getString("key_id"),
                      row.getString("name"),
                      row.getString("step"),
                      row.getLong("calls"),
                      tokens.promptTokens(),
                      tokens.cachedTokens(),
                      tokens.completionTokens(),
                      prices
                          .dollars(row.getString("route"), row.getString("model"), tokens)
                          .orElse(null));
              if (scope.includes(cost.project())) {
                sums.merge(
                    String.join("\n", cost.project(), cost.key(), cost.step()),
                    cost,
                    LiveCost::plus);
              }
            });
    return sums.values().stream()
        .sorted(
            Comparator.comparing(
                LiveCost::dollars, Comparator.nullsFirst(Comparator.reverseOrder())))
        .map(LiveCosts::rounded)
        .toList();
  }

  private static LiveCost rounded(LiveCost cost) {
    BigDecimal dollars = cost.dollars();
    return new LiveCost(
        cost.project(),
        cost.key(),
        cost.name(),
        cost.step(),
        cost.calls(),
        cost.promptTokens(),
        cost.cachedTokens(),
        cost.completionTokens(),
        dollars == null ? null : dollars.setScale(SCALE, RoundingMode.HALF_UP));
  }
}
