package dev.sluice.producer.batch.dependency;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.store.AnswerLevels;
import dev.sluice.producer.store.BatchCounters;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.DependentTasks;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.OutcomeCounts;
import dev.sluice.producer.store.PartialAnswers;
import dev.sluice.producer.store.SchedulingCost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Queues the tasks whose dependencies have all finished, in the transaction that finishes the last
 * of them.
 */
@Component
public class DependentResolver {
  private static final long MAX_REPLY_BYTES = 32L * 1024 * 1024;

  private final DependentTasks tasks;
  private final AnswerLevels levels;
  private final PartialAnswers partialAnswers;
  private final BatchCounters counters;
  private final Costs costs;
  private final NoArgGenerator ids;

  DependentResolver(
      DependentTasks tasks,
      AnswerLevels levels,
      PartialAnswers partialAnswers,
      BatchCounters counters,
      Costs costs,
      NoArgGenerator ids) {
    this.tasks = tasks;
    this.levels = levels;
    this.partialAnswers = partialAnswers;
    this.counters = counters;
    this.costs = costs;
    this.ids = ids;
  }

  /**
   * Blocks the completed tasks that were made without an answer that is there now, before the
   * finished tasks are counted: the batch has not finished then.
   *
   * @param finished tasks of the batch that have just finished
   * @return the tasks whose dependents have to be resolved
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<UUID> reopen(LockedBatches locked, BatchId batch, List<UUID> finished) {
    if (!locked.hasDependents(batch)) {
      return finished;
    }
    List<UUID> changed = new ArrayList<>(finished);
    for (PartialAnswers.Outdated task : partialAnswers.reopen(locked, batch)) {
      Costs.Key key = new Costs.Key(batch.uuid(), task.route(), task.model());
      costs.replay(key, key);
      changed.add(task.part());
    }
    return changed;
  }

  /**
   * Resolves the tasks that wait for these; true if all tasks of the batch have finished.
   *
   * @param finished tasks of the batch that have just finished, or the result of {@link #reopen}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean resolve(LockedBatches locked, BatchId batch, Collection<UUID> finished) {
    return locked.hasDependents(batch)
        && resolveAll(locked, batch, tasks.ready(locked, batch, finished));
  }

  /** Resolves the tasks of a new batch whose dependencies were all answered by stored results. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean resolveNew(LockedBatches locked, BatchId batch) {
    return locked.hasDependents(batch) && resolveAll(locked, batch, tasks.ready(locked, batch));
  }

  /** A rejected task may be a dependency, so it is followed by the tasks that wait for it. */
  private boolean resolveAll(
      LockedBatches locked, BatchId batch, List<DependentTasks.Dependent> ready) {
    boolean allFinished = false;
    List<DependentTasks.Dependent> next = ready;
    while (!next.isEmpty()) {
      Map<UUID, OutcomeCounts> rejected = new HashMap<>();
      for (DependentTasks.Dependent dependent : next) {
        resolve(locked, batch, dependent).ifPresent(count -> rejected.put(dependent.id(), count));
      }
      if (!rejected.isEmpty()) {
        OutcomeCounts counts =
            rejected.values().stream().reduce(OutcomeCounts.NONE, OutcomeCounts::plus);
        allFinished = counters.addOutcomes(locked, batch, counts);
      }
      next = tasks.ready(locked, batch, rejected.keySet());
    }
    return allFinished;
  }

  /** Returns the count of the task if it has finished without a call. */
  private Optional<OutcomeCounts> resolve(
      LockedBatches locked, BatchId batch, DependentTasks.Dependent dependent) {
    return switch (resolutionOf(dependent)) {
      case Resolution.Unblock unblock -> {
        tasks.unblock(
            locked,
            batch,
            dependent,
            unblock.body(),
            cost(unblock.body()).tokens(),
            unblock.missing());
        yield Optional.empty();
      }
      case Resolution.Combine combine -> {
        combine(locked, batch, dependent, combine);
        yield Optional.empty();
      }
      case Resolution.Reject reject ->
          Optional.of(tasks.reject(locked, batch, dependent, reject.code(), reject.detail()));
    };
  }

  private Resolution resolutionOf(DependentTasks.Dependent dependent) {
    long bytes = tasks.replyBytes(dependent);
    if (bytes > MAX_REPLY_BYTES) {
      return new Resolution.Reject(
          AnswerCombiner.DOES_NOT_CONVERGE,
          "The replies that this task is made from have %d bytes; the limit is %d. Ask for shorter answers."
              .formatted(bytes, MAX_REPLY_BYTES));
    }
    List<PartAnswer> answers =
        tasks.parts(dependent).stream().map(DependentResolver::answer).toList();
    Resolution step = AnswerCombiner.of(dependent, answers);
    if (!(step instanceof Resolution.Reject)
        && answers.stream().anyMatch(answer -> !answer.missing().isEmpty())) {
      partialAnswers.mark(dependent);
    }
    return step;
  }

  private static PartAnswer answer(DependentTasks.Part part) {
    Payload reply = part.reply();
    String text = reply == null ? "" : AnswerText.of(reply).getFirst().strip();
    return new PartAnswer(
        part.task(),
        part.customId(),
        part.label(),
        text,
        text.isEmpty() ? failure(part) : "",
        part.missing());
  }

  private static String failure(DependentTasks.Part part) {
    String code = part.failureCode();
    return code != null ? code : part.reply() == null ? part.state() : "no text";
  }

  private void combine(
      LockedBatches locked,
      BatchId batch,
      DependentTasks.Dependent dependent,
      Resolution.Combine combine) {
    int level = dependent.level() + 1;
    List<AnswerLevels.NextPart> parts = new ArrayList<>();
    int added = 0;
    for (Resolution.Group group : combine.groups()) {
      if (group.answers().size() == 1) {
        PartAnswer only = group.answers().getFirst();
        parts.add(
            new AnswerLevels.NextPart(
                only.task(), only.customId(), only.label(), null, 0, List.of()));
        continue;
      }
      added++;
      String customId =
          "%s#%d:%d/%d"
              .formatted(dependent.customId(), level, parts.size() + 1, combine.groups().size());
      parts.add(
          new AnswerLevels.NextPart(
              ids.generate(),
              customId,
              label(group),
              group.body(),
              cost(group.body()).tokens(),
              group.missing()));
    }
    levels.add(locked, batch, dependent, parts, combine.tokens());
    costs.addTasks(new Costs.Key(batch.uuid(), dependent.route(), dependent.model()), added);
  }

  private static @Nullable String label(Resolution.Group group) {
    String first = group.answers().getFirst().label();
    String last = group.answers().getLast().label();
    return first == null || last == null ? null : first + " to " + last;
  }

  private static SchedulingCost cost(Payload body) {
    return SchedulingCost.of(RequestSummary.read(body).orElseThrow(), body);
  }
}
