package dev.sluice.producer.batch.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.batch.dependency.DependentResolver;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.NewDependents;
import dev.sluice.producer.store.NewTasks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/** Creates a task inserter for each validation, and counts the stored results that it reused. */
@Component
class TaskInserters {
  private final NewTasks tasks;
  private final NewDependents dependents;
  private final BatchLocks locks;
  private final DependentResolver resolver;
  private final NoArgGenerator ids;
  private final MeterRegistry metrics;

  TaskInserters(
      NewTasks tasks,
      NewDependents dependents,
      BatchLocks locks,
      DependentResolver resolver,
      NoArgGenerator ids,
      Routes routes,
      MeterRegistry metrics) {
    this.tasks = tasks;
    this.dependents = dependents;
    this.locks = locks;
    this.resolver = resolver;
    this.ids = ids;
    this.metrics = metrics;
    routes.names().forEach(this::counter);
  }

  private Counter counter(String route) {
    return Counter.builder("sluice.tasks.reused")
        .description("Tasks that were answered with a stored result, without a call")
        .tag("route", route)
        .register(metrics);
  }

  TaskInserter of(Batch batch) {
    return new TaskInserter(tasks, dependents, ids, batch);
  }

  /** Queues the tasks of a started batch whose dependencies were all answered. */
  void resolveAnswered(Batch batch) {
    resolver.resolveNew(locks.lock(List.of(batch.id().uuid())), batch.id());
  }

  /** Counts the reused results of a validation after its commit, because a rollback is retried. */
  void committed(TaskInserter inserter) {
    inserter.reusedByRoute().forEach((route, reused) -> counter(route).increment(reused));
  }
}
