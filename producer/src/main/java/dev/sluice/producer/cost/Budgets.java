package dev.sluice.producer.cost;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
 * Pauses batches whose budget, or whose project's, is spent, and lets those go on that it has
 * paused as soon as there is money again. It looks once a second: what is called until then, and
 * the calls that run, are spent beyond the budget.
 */
@Component
class Budgets extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Budgets.class);

  private final JdbcClient jdbc;
  private final Batches batches;
  private final Costs costs;
  private final PriceList prices;
  private final ApplicationEventPublisher events;
  private final BackgroundLoop loop =
      new BackgroundLoop("budgets", Duration.ofSeconds(1), this::round);

  Budgets(
      JdbcClient jdbc,
      Batches batches,
      Costs costs,
      PriceList prices,
      ApplicationEventPublisher events) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.costs = costs;
    this.prices = prices;
    this.events = events;
  }

  /**
   * A project's budget.
   *
   * @param dollars for each calendar month; null for no bound
   * @param spent in this month; null where a model has no price
   */
  record ProjectBudget(@Nullable BigDecimal dollars, @Nullable BigDecimal spent) {
    boolean isSpent() {
      return dollars != null && spent != null && spent.compareTo(dollars) >= 0;
    }
  }

  ProjectBudget of(Project project) {
    BigDecimal dollars =
        jdbc.sql("select dollars from project_budgets where project = :project")
            .param("project", project.name())
            .query(BigDecimal.class)
            .optional()
            .orElse(null);
    List<ModelUsage> uses = costs.ofThisMonth(project);
    return new ProjectBudget(dollars, uses.isEmpty() ? BigDecimal.ZERO : prices.cost(uses).spent());
  }

  /**
   * @param dollars null for no bound
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
    }
    wake();
  }

  /**
   * @param dollars null for no bound
   */
  void set(BatchId batch, @Nullable BigDecimal dollars) {
    batches.budget(batch, dollars);
    wake();
  }

  /** Before the feed hears of it: what is spent already is not spent once more. */
  @EventListener
  @Order(Ordered.HIGHEST_PRECEDENCE)
  void started(BatchStarted batch) {
    try {
      round();
    } catch (DataAccessException away) {
      LOG.debug("Budgets are looked at later than {} begins", batch.batch(), away);
    }
  }

  private synchronized boolean round() {
    List<Batch> bounded = batches.withBudget();
    if (bounded.isEmpty()) {
      return false;
    }
    Map<UUID, List<ModelUsage>> uses =
        costs.of(bounded.stream().map(batch -> batch.id().uuid()).toList());
    Map<Project, ProjectBudget> projects = new HashMap<>();
    for (Batch batch : bounded) {
      boolean isOfProject = projects.computeIfAbsent(batch.project(), this::of).isSpent();
      List<ModelUsage> own = uses.getOrDefault(batch.id().uuid(), List.of());
      settle(batch, isOfProject, Optional.ofNullable(prices.cost(own).spent()));
    }
    return false;
  }

  private void settle(Batch batch, boolean isProjectSpent, Optional<BigDecimal> spent) {
    BigDecimal budget = batch.budget();
    boolean isSpent =
        budget != null && spent.filter(dollars -> dollars.compareTo(budget) >= 0).isPresent();
    String by = isSpent ? "budget" : isProjectSpent ? "project_budget" : null;
    if (batch.times().paused() == null) {
      if (by != null && batches.pause(batch.id(), by)) {
        LOG.atInfo()
            .addKeyValue("batch", batch.id())
            .log("Batch {} is paused: {} is spent", batch.id(), by.replace('_', ' '));
        events.publishEvent(new BatchSuspended(batch.id()));
      }
    } else if (by == null && batches.resume(batch.id())) {
      LOG.atInfo()
          .addKeyValue("batch", batch.id())
          .log("Batch {} goes on: there is money again", batch.id());
      events.publishEvent(new BatchStarted(batch.id()));
    }
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
