package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import dev.sluice.producer.access.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the part of the usage that other service tiers than the standard one have processed. {@link
 * Costs} has the usage of all tiers.
 */
@Repository
class TierCosts {
  private final JdbcClient jdbc;

  TierCosts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** By batch, route and model; the tier of each is not empty. */
  Map<Costs.Key, List<TokenUsage>> of(Collection<UUID> batches) {
    Map<Costs.Key, List<TokenUsage>> tiers = new HashMap<>();
    jdbc.sql("select * from tier_costs where batch_id in (:ids)")
        .param("ids", batches)
        .query(
            row -> {
              Costs.Key key =
                  new Costs.Key(
                      row.getObject("batch_id", UUID.class),
                      row.getString("route"),
                      row.getString("model"));
              tiers.computeIfAbsent(key, absent -> new ArrayList<>()).add(read(row));
            });
    return tiers;
  }

  /** By route and model, each without a batch. */
  Map<Costs.ProjectKey, List<TokenUsage>> of(Project project, LocalDate month) {
    Map<Costs.ProjectKey, List<TokenUsage>> tiers = new HashMap<>();
    jdbc.sql("select * from project_tier_costs where project = :project and month = :month")
        .param("project", project.name())
        .param("month", month)
        .query(
            row -> {
              Costs.ProjectKey key =
                  new Costs.ProjectKey(project, row.getString("route"), row.getString("model"));
              tiers.computeIfAbsent(key, absent -> new ArrayList<>()).add(read(row));
            });
    return tiers;
  }

  private static TokenUsage read(ResultSet row) throws SQLException {
    return tokens(row, row.getString("service_tier"));
  }

  /** Reads the columns with tokens of any table of costs. */
  static TokenUsage tokens(ResultSet row, String tier) throws SQLException {
    return new TokenUsage(
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getLong("cached_tokens"),
        row.getLong("cache_write_tokens"),
        tier);
  }

  /** The usage of each tier: the standard one has what the others do not have of the total. */
  static List<TokenUsage> byTier(TokenUsage total, List<TokenUsage> others) {
    if (others.isEmpty()) {
      return List.of(total);
    }
    TokenUsage sum = others.stream().reduce(TokenUsage.NONE, TokenUsage::plus);
    List<TokenUsage> tiers = new ArrayList<>(others);
    tiers.add(
        new TokenUsage(
            total.promptTokens() - sum.promptTokens(),
            total.completionTokens() - sum.completionTokens(),
            total.cachedTokens() - sum.cachedTokens(),
            total.cacheWriteTokens() - sum.cacheWriteTokens(),
            ""));
    return tiers;
  }
}
