package dev.sluice.producer.overview;

import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.producer.batch.BatchViews;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.cost.ModelUsage;
import dev.sluice.producer.batch.cost.PriceList;
import dev.sluice.producer.overview.BatchSummary.CodeCount;
import dev.sluice.producer.route.explain.WaitExplainer;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchRouteCounters.NotQueued;
import dev.sluice.producer.store.BlockedDependents;
import dev.sluice.producer.store.TaskQueries;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Builds the summaries of batches, with one query per kind of data for all of them. */
@Component
class BatchSummaries {
  private final TaskQueries tasks;
  private final BlockedDependents dependents;
  private final Costs costs;
  private final PriceList prices;
  private final Clock clock;
  private final BatchThroughput throughput = new BatchThroughput();

  BatchSummaries(
      TaskQueries tasks, BlockedDependents dependents, Costs costs, PriceList prices, Clock clock) {
    this.tasks = tasks;
    this.dependents = dependents;
    this.costs = costs;
    this.prices = prices;
    this.clock = clock;
  }

  synchronized List<BatchSummary> of(List<Batch> batches, WaitExplainer explainer) {
    Instant now = clock.instant();
    List<UUID> ids = batches.stream().map(batch -> batch.id().uuid()).toList();
    Map<UUID, List<ModelUsage>> usage = costs.of(ids);
    Map<UUID, DocumentCounts> documents = dependents.counts(ids);
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
                        BatchViews.progress(
                            batch,
                            notQueued(explainer, batch.id()),
                            documents.get(batch.id().uuid())),
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

  private static NotQueued notQueued(WaitExplainer explainer, BatchId batch) {
    return explainer.backlogs().stream()
        .filter(backlog -> backlog.batch().equals(batch))
        .map(backlog -> new NotQueued(backlog.inBroker(), backlog.blocked()))
        .reduce(new NotQueued(0, 0), NotQueued::plus);
  }

  private Map<UUID, List<CodeCount>> failures(Collection<UUID> batches) {
    return tasks.failures(batches).stream()
        .collect(
            Collectors.groupingBy(
                TaskQueries.FailureCount::batch,
                Collectors.mapping(
                    failure -> new CodeCount(failure.code(), failure.tasks()),
                    Collectors.toList())));
  }
}
