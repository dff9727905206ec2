package dev.sluice.producer.batch.cost;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLifecycle;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.PauseReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Pauses batches when their budget or their project's budget is spent, and resumes them when the
 * budget is raised or a new month begins. While there are budgets it checks once per second, so the
 * calls of up to a second and the calls in flight may exceed the budget.
 */
@Component
class Budgets extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Budgets.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Another producer may set the first budget. */
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(4);

  private final JdbcClient jdbc;
  private final BatchQueries batches;
  private final BatchLifecycle lifecycle;
  private final Costs costs;
  private final PriceList prices;
  private final ApplicationEventPublisher events;
  private volatile Set<Project> limitedProjects = Set.of();
  private volatile Set<Project> spentProjects = Set.of();
  private volatile boolean idle;
  private final BackgroundLoop loop =
      new BackgroundLoop("budgets", INTERVAL, this::round).backingOff(IDLE_INTERVAL, () -> idle);

  Budgets(
      JdbcClient jdbc,
      BatchQueries batches,
      BatchLifecycle lifecycle,
      Costs costs,
      PriceList prices,
      ApplicationEventPublisher events) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.lifecycle = lifecycle;
    this.costs = costs;
    this.prices = prices;
    this.events = events;
  }

  /**
   * A project's budget.
   *
   * @param dollars per calendar month (UTC); null for none
   * @param spent in this month, in US dollars, without models that have no price
   * @param unpriced the models used in this month that have no price, which the budget cannot limit
   */
  record ProjectBudget(
      @Nullable BigDecimal dollars, BigDecimal spent, List<UnpricedModel> unpriced) {
    boolean isSpent() {
      return dollars != null && spent.compareTo(dollars) >= 0;
    }
  }

  /** A model of a route that has no price. */
  record UnpricedModel(String route, String model) {}

  ProjectBudget of(Project project) {
    BigDecimal dollars =
        jdbc.sql("select dollars from project_budgets where project = :project")
            .param("project", project.name())
            .query(BigDecimal.class)
            .optional()
            .orElse(null);
    List<ModelUsage> usages = costs.ofThisMonth(project);
    return new ProjectBudget(
        dollars,
        prices.spent(usages),
        prices.unpriced(usages).stream()
            .map(usage -> new UnpricedModel(usage.route(), usage.model()))
            .toList());
  }

  /**
   * @param dollars null for no budget
   */
  void set(Project project, @Nullable BigDecimal dollars) {
    if (dollars == null) {
      jdbc.sql("delete from project_budgets where project = :project")
          .param("project", project.name())
          .update();
    } else {
      jdbc.sql(
              """
              insert into project_budgets (project, dollars) values (:project, :dollars)
              on conflict (project) do update set dollars = :dollars""")
          .param("project", project.name())
          .param("dollars", dollars)
          .update();
      limit(project);
    }
    wake();
  }

  /**
   * @param dollars null for no budget
   */
  void set(BatchId batch, @Nullable BigDecimal dollars) {
    lifecycle.setBudget(batch, dollars);
    wake();
  }

  /**
   * Runs before the dispatcher receives the event, so that a batch without budget starts paused.
   */
  @EventListener
  @Order(Ordered.HIGHEST_PRECEDENCE)
  void started(BatchStarted batch) {
    try {
      round();
    } catch (DataAccessException failed) {
      LOG.debug("Cannot check the budget at the start of batch {}", batch.batch(), failed);
    }
    wake();
  }

  /** Whether the project's budget was spent at the last check. */
  boolean isSpent(Project project) {
    return spentProjects.contains(project);
  }

  /** Takes effect before the next check, which the caller does not wait for. */
  private synchronized void limit(Project project) {
    limitedProjects =
        Stream.concat(limitedProjects.stream(), Stream.of(project))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the project had a budget at the last check. */
  boolean isLimited(Project project) {
    return limitedProjects.contains(project);
  }

  private List<Project> projectsWithBudget() {
    return jdbc.sql("select project from project_budgets")
        .query((row, index) -> new Project(row.getString("project")))
        .list();
  }

  private synchronized boolean round() {
    List<Project> projects = projectsWithBudget();
    limitedProjects = Set.copyOf(projects);
    spentProjects =
        projects.stream()
            .filter(project -> of(project).isSpent())
            .collect(Collectors.toUnmodifiableSet());
    List<Batch> limited = batches.withBudget();
    idle = projects.isEmpty() && limited.isEmpty();
    if (limited.isEmpty()) {
      return false;
    }
    Map<UUID, List<ModelUsage>> usages =
        costs.of(limited.stream().map(batch -> batch.id().uuid()).toList());
    for (Batch batch : limited) {
      List<ModelUsage> own = usages.getOrDefault(batch.id().uuid(), List.of());
      enforce(batch, isSpent(batch.project()), prices.spent(own));
    }
    return false;
  }

  private void enforce(Batch batch, boolean isProjectSpent, BigDecimal spent) {
    BigDecimal budget = batch.budget();
    boolean isSpent = budget != null && spent.compareTo(budget) >= 0;
    PauseReason cause =
        isSpent ? PauseReason.BUDGET : isProjectSpent ? PauseReason.PROJECT_BUDGET : null;
    if (batch.times().paused() == null) {
      if (cause != null && lifecycle.pause(batch.id(), cause)) {
        LOG.atInfo()
            .addKeyValue("batch", batch.id())
            .log(
                "Paused batch {}: its {} is spent",
                batch.id(),
                cause == PauseReason.BUDGET ? "budget" : "project's budget");
        events.publishEvent(new BatchSuspended(batch.id()));
      }
    } else if (cause == null && lifecycle.resume(batch.id())) {
      LOG.atInfo()
          .addKeyValue("batch", batch.id())
          .log("Resumed batch {}: its budget is no longer spent", batch.id());
      events.publishEvent(new BatchStarted(batch.id()));
    }
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
