package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import dev.sluice.producer.store.BatchId;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Repository;

/** Adds usage to the rows of batches and projects, and of their service tiers. */
@Repository
class CostWriter {
  private static final List<String> COLUMNS =
      List.of("prompt_tokens", "completion_tokens", "cached_tokens", "cache_write_tokens");

  /** The columns with tokens, as in {@link #tokens}. */
  static final String TOKENS = String.join(", ", COLUMNS);

  /** Adds the tokens of a row that exists already, in a table with the alias {@code c}. */
  static final String ADD_TOKENS =
      COLUMNS.stream()
          .map(column -> "%1$s = c.%1$s + excluded.%1$s".formatted(column))
          .collect(Collectors.joining(", "));

  private final JdbcOperations bulk;

  CostWriter(JdbcOperations bulk) {
    this.bulk = bulk;
  }

  /** Stores the planned usage of a new batch. */
  void create(BatchId batch, Collection<ModelUsage> planned) {
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

  /** Adds the usage of finished tasks to their batches and projects. */
  void add(Map<Costs.Key, Costs.Usage> usages, LocalDate monthOfUse) {
    List<Object[]> rows = new ArrayList<>();
    List<Object[]> projectRows = new ArrayList<>();
    List<Object[]> tierRows = new ArrayList<>();
    List<Object[]> projectTierRows = new ArrayList<>();
    Date month = Date.valueOf(monthOfUse);
    new TreeMap<>(usages)
        .forEach(
            (key, sum) -> {
              Object[] of = {key.batch(), key.route(), key.model()};
              rows.add(row(of, sum.tasks(), tokens(sum.total())));
              projectRows.add(
                  row(month, key.route(), key.model(), tokens(sum.total()), key.batch()));
              for (TokenUsage tier : sum.otherTiers()) {
                tierRows.add(row(of, tier.serviceTier(), tokens(tier)));
                projectTierRows.add(
                    row(
                        month,
                        key.route(),
                        key.model(),
                        tier.serviceTier(),
                        tokens(tier),
                        key.batch()));
              }
            });
    // A replayed task may have a model that its batch did not have at the start.
    bulk.batchUpdate(
        """
        insert into costs as c (batch_id, route, model, ended, %s, tasks, estimated_prompt,
          estimated_reply)
        values (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)
        on conflict (batch_id, route, model) do update set ended = c.ended + excluded.ended, %s"""
            .formatted(TOKENS, ADD_TOKENS),
        rows);
    bulk.batchUpdate(
        """
        insert into project_costs as c (project, month, route, model, %s)
        select b.project, ?, ?, ?, ?, ?, ?, ? from batches b where b.id = ?
        on conflict (project, month, route, model) do update set %s"""
            .formatted(TOKENS, ADD_TOKENS),
        projectRows);
    bulk.batchUpdate(
        """
        insert into tier_costs as c (batch_id, route, model, service_tier, %s)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (batch_id, route, model, service_tier) do update set %s"""
            .formatted(TOKENS, ADD_TOKENS),
        tierRows);
    bulk.batchUpdate(
        """
        insert into project_tier_costs as c (project, month, route, model, service_tier, %s)
        select b.project, ?, ?, ?, ?, ?, ?, ?, ? from batches b where b.id = ?
        on conflict (project, month, route, model, service_tier) do update set %s"""
            .formatted(TOKENS, ADD_TOKENS),
        projectTierRows);
  }

  static Object[] tokens(TokenUsage usage) {
    return new Object[] {
      usage.promptTokens(), usage.completionTokens(), usage.cachedTokens(), usage.cacheWriteTokens()
    };
  }

  /** Concatenates values and arrays of values. */
  static Object[] row(Object... parts) {
    return Stream.of(parts)
        .flatMap(part -> part instanceof Object[] values ? Stream.of(values) : Stream.of(part))
        .toArray();
  }

  /** Adds the usage of live calls to their projects. */
  void addLive(Map<Costs.ProjectKey, Costs.Usage> usages, LocalDate monthOfUse) {
    List<Object[]> rows = new ArrayList<>();
    List<Object[]> tierRows = new ArrayList<>();
    Date month = Date.valueOf(monthOfUse);
    usages.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(Costs.ProjectKey.ORDER)) // one lock order for all producers
        .forEach(
            entry -> {
              Costs.ProjectKey key = entry.getKey();
              Object[] of = {key.project().name(), month, key.route(), key.model()};
              rows.add(row(of, tokens(entry.getValue().total())));
              for (TokenUsage tier : entry.getValue().otherTiers()) {
                tierRows.add(row(of, tier.serviceTier(), tokens(tier)));
              }
            });
    bulk.batchUpdate(
        """
        insert into project_costs as c (project, month, route, model, %s)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (project, month, route, model) do update set %s"""
            .formatted(TOKENS, ADD_TOKENS),
        rows);
    bulk.batchUpdate(
        """
        insert into project_tier_costs as c (project, month, route, model, service_tier, %s)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (project, month, route, model, service_tier) do update set %s"""
            .formatted(TOKENS, ADD_TOKENS),
        tierRows);
  }
}
