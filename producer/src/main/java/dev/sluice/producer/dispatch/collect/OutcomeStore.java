package dev.sluice.producer.dispatch.collect;

import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.dependency.DependentResolver;
import dev.sluice.producer.history.HourlyCounts;
import dev.sluice.producer.store.BatchCounters;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.BatchRouteCounters;
import dev.sluice.producer.store.BatchTermination;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.OutcomeCounts;
import dev.sluice.producer.store.StopConditions;
import dev.sluice.producer.store.TaskOutcomes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes outcomes to their tasks, and counts the changed tasks in the same transaction. A duplicate
 * outcome changes nothing.
 */
@Repository
class OutcomeStore {
  private final TaskOutcomes tasks;
  private final BatchLocks locks;
  private final BatchCounters counters;
  private final StopConditions stopConditions;
  private final BatchRouteCounters batchRouteCounters;
  private final Costs costs;
  private final DependentResolver dependents;

  OutcomeStore(
      TaskOutcomes tasks,
      BatchLocks locks,
      BatchCounters counters,
      StopConditions stopConditions,
      BatchRouteCounters batchRouteCounters,
      Costs costs,
      DependentResolver dependents) {
    this.tasks = tasks;
    this.locks = locks;
    this.counters = counters;
    this.stopConditions = stopConditions;
    this.batchRouteCounters = batchRouteCounters;
    this.costs = costs;
    this.dependents = dependents;
  }

  /**
   * The result of storing outcomes.
   *
   * @param changed the number of tasks that finished with these outcomes
   * @param finished the batches whose last task finished with them
   * @param stopped the batches that their stop condition has paused
   * @param usage the usage of the tasks that finished
   * @param byRoute the counts of the tasks that finished, by route
   */
  record StoredOutcomes(
      int changed,
      List<BatchId> finished,
      List<BatchId> stopped,
      Map<Costs.Key, Costs.Usage> usage,
      Map<String, HourlyCounts> byRoute) {
    private static final StoredOutcomes NONE =
        new StoredOutcomes(0, List.of(), List.of(), Map.of(), Map.of());
  }

  /**
   * Stores the outcomes.
   *
   * @param outcomes by task id
   * @throws org.springframework.dao.DataAccessException if the database is unavailable or rejects a
   *     value
   */
  @Transactional
  public StoredOutcomes store(Map<UUID, OutcomeMessage> outcomes) {
    List<TaskOutcomes.OpenTask> unlocked = openTasks(outcomes);
    if (unlocked.isEmpty()) {
      return StoredOutcomes.NONE;
    }
    LockedBatches locked =
        locks.lock(unlocked.stream().map(TaskOutcomes.OpenTask::batch).collect(Collectors.toSet()));
    List<TaskOutcomes.OpenTask> open =
        tasks.lockOpen(unlocked.stream().map(TaskOutcomes.OpenTask::id).toList());
    List<TaskOutcomes.TaskOutcome> ends = new ArrayList<>();
    Map<UUID, OutcomeCounts> counts = new TreeMap<>();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    Map<Costs.Key, Costs.Usage> usage = new HashMap<>();
    Map<String, HourlyCounts> byRoute = new HashMap<>();
    for (TaskOutcomes.OpenTask task : open) {
      OutcomeMessage outcome = Objects.requireNonNull(outcomes.get(task.id()));
      if (outcome.ids().run() < task.run()) {
        continue; // a late duplicate of a run before the replay
      }
      ends.add(new TaskOutcomes.TaskOutcome(task, outcome));
      OutcomeCounts count = OutcomeCounts.of(outcome);
      if (task.keepsAnswer(outcome)) {
        count = count.kept(task.cutoff());
      }
      counts.merge(task.batch(), count, OutcomeCounts::plus);
      byRoute.merge(task.route(), HourlyCounts.of(outcome), HourlyCounts::plus);
      usage.merge(
          new Costs.Key(task.batch(), task.route(), task.model()),
          Costs.Usage.of(outcome.stats().usage()),
          Costs.Usage::plus);
      changes.merge(
          new BatchRouteCounters.Key(task.batch(), task.route()),
          task.whenEnded(),
          BatchRouteCounters.Change::plus);
    }
    tasks.end(ends);
    batchRouteCounters.change(locked, changes);
    List<BatchId> finished = new ArrayList<>();
    List<BatchId> stopped = new ArrayList<>();
    counts.forEach(
        (batch, sum) -> {
          BatchId id = new BatchId(batch);
          List<UUID> changed = dependents.reopen(locked, id, ofBatch(open, batch));
          if (counters.addOutcomes(locked, id, sum) || dependents.resolve(locked, id, changed)) {
            finished.add(id);
          } else if (stopConditions.apply(locked, id, sum)) {
            stopped.add(id);
          }
        });
    costs.add(usage);
    return new StoredOutcomes(ends.size(), finished, stopped, usage, byRoute);
  }

  private static List<UUID> ofBatch(List<TaskOutcomes.OpenTask> tasks, UUID batch) {
    return tasks.stream()
        .filter(task -> task.batch().equals(batch))
        .map(TaskOutcomes.OpenTask::id)
        .toList();
  }

  /** Without tasks that the terminator finishes. */
  private List<TaskOutcomes.OpenTask> openTasks(Map<UUID, OutcomeMessage> outcomes) {
    return tasks.open(outcomes.keySet()).stream()
        .filter(
            task ->
                !task.queued()
                    || !isFromTerminator(Objects.requireNonNull(outcomes.get(task.id()))))
        .toList();
  }

  /**
   * The terminator finishes the task itself in the round that publishes this outcome, or retries.
   */
  private static boolean isFromTerminator(OutcomeMessage outcome) {
    return outcome.kind() != OutcomeKind.COMPLETED
        && outcome.stats().attempts() == 0
        && outcome.stats().worker().equals(BatchTermination.WORKER_NAME);
  }
}
