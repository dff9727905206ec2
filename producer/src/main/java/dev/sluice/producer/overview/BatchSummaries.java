package dev.sluice.producer.overview;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchViews;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.cost.ModelUsage;
import dev.sluice.producer.batch.cost.PriceList;
import dev.sluice.producer.overview.BatchSummary.CodeCount;
import dev.sluice.producer.route.explain.BatchBacklog;
import dev.sluice.producer.route.explain.WaitExplainer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Builds the summaries of batches, with one query per kind of data for all of them. */
@Component
class BatchSummaries {
  private final JdbcClient jdbc;
  private final Costs costs;
  private final PriceList prices;
  private final Clock clock;
  private final BatchThroughput throughput = new BatchThroughput();

  BatchSummaries(JdbcClient jdbc, Costs costs, PriceList prices, Clock clock) {
    this.jdbc = jdbc;
    this.costs = costs;
    this.prices = prices;
    this.clock = clock;
  }

  synchronized List<BatchSummary> of(List<Batch> batches, WaitExplainer explainer) {
    Instant now = clock.instant();
    Map<UUID, List<ModelUsage>> usage = costs.of(batches.stream().map(b -> b.id().uuid()).toList());
    Map<UUID, List<CodeCount>> failures =
        failures(
            batches.stream()
                .filter(batch -> batch.counts().failed() > 0)
                .map(batch -> batch.id().uuid())
                .toList());
    List<BatchSummary> summaries =
        batches.stream()
            .map(
                batch ->
                    new BatchSummary(
                        batch.project().name(),
                        BatchViews.progress(batch, inBroker(explainer, batch.id())),
                        batch.model(),
                        batch.times().expires().getEpochSecond(),
                        throughput.perMinute(batch, now),
                        explainer.of(batch),
                        batch.budget(),
                        prices.cost(usage.getOrDefault(batch.id().uuid(), List.of())),
                        failures.getOrDefault(batch.id().uuid(), List.of())))
            .toList();
    throughput.removeIdle(now);
    return summaries;
  }

  private static long inBroker(WaitExplainer explainer, BatchId batch) {
    return explainer.backlogs().stream()
        .filter(backlog -> backlog.batch().equals(batch))
        .mapToLong(BatchBacklog::inBroker)
        .sum();
  }

  private Map<UUID, List<CodeCount>> failures(Collection<UUID> batches) {
    Map<UUID, List<CodeCount>> failures = new HashMap<>();
    if (!batches.isEmpty()) {
      jdbc.sql(
              """
              select batch_id, coalesce(failure_code, 'unknown') as code, count(*) as tasks
              from tasks where batch_id in (:ids) and state = 'failed'
              group by batch_id, code order by tasks desc, code\
              """)
          .param("ids", batches)
          .query(
              row -> {
                failures
                    .computeIfAbsent(row.getObject("batch_id", UUID.class), id -> new ArrayList<>())
                    .add(new CodeCount(row.getString("code"), row.getLong("tasks")));
              });
    }
    return failures;
  }
}
