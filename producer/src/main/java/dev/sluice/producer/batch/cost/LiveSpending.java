package dev.sluice.producer.batch.cost;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.web.ApiException;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Counts the usage of live calls towards the budgets of their projects, and rejects live calls of
 * projects whose budget is spent. The usage is stored once per second, so that a call needs no
 * statement of its own; a producer that crashes loses the usage of the last second.
 */
@Component
public class LiveSpending extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSpending.class);

  private static final int MAX_MODEL_LENGTH = 200;

  private final Budgets budgets;
  private final Costs costs;
  private final BackgroundLoop loop =
      new BackgroundLoop("live-spending", Duration.ofSeconds(1), this::round);
  private Map<Costs.ProjectKey, Costs.Usage> pending = new HashMap<>();

  LiveSpending(Budgets budgets, Costs costs) {
    this.budgets = budgets;
    this.costs = costs;
  }

  /**
   * Checks that the project may make live calls.
   *
   * @throws ApiException 429 if the project's budget is spent
   */
  public void check(Project project) {
    if (budgets.isSpent(project)) {
      throw ApiException.quotaExceeded(
          "The budget of project '%s' for this month is spent. Ask the administrator to raise it with PUT /api/budget?project=%s."
              .formatted(project.name(), project.name()));
    }
  }

  /**
   * Adds the usage of a live call that has ended. Calls without tokens cost nothing; they would
   * store a row for each invented model name.
   */
  public synchronized void add(
      Project project, String route, String model, long promptTokens, long completionTokens) {
    if (promptTokens == 0 && completionTokens == 0) {
      return;
    }
    pending.merge(
        new Costs.ProjectKey(project, route, storable(model)),
        new Costs.Usage(1, promptTokens, completionTokens),
        Costs.Usage::plus);
  }

  /** PostgreSQL rejects NUL and unpaired surrogates, and long values in an index. */
  private static String storable(String model) {
    String text = model.replaceAll("[\\x00\\p{Cs}]", "?");
    return text.substring(0, Math.min(text.length(), MAX_MODEL_LENGTH));
  }

  private boolean round() {
    Map<Costs.ProjectKey, Costs.Usage> usages = take();
    if (!usages.isEmpty()) {
      try {
        costs.addLive(usages);
      } catch (DataAccessException failed) {
        putBack(usages);
        throw failed;
      }
    }
    return false;
  }

  private synchronized Map<Costs.ProjectKey, Costs.Usage> take() {
    Map<Costs.ProjectKey, Costs.Usage> taken = pending;
    pending = new HashMap<>();
    return taken;
  }

  private synchronized void putBack(Map<Costs.ProjectKey, Costs.Usage> usages) {
    usages.forEach((key, usage) -> pending.merge(key, usage, Costs.Usage::plus));
  }

  /** Stores the usage of the calls that ended during the shutdown. */
  @PreDestroy
  void close() {
    try {
      round();
    } catch (DataAccessException failed) {
      LOG.warn("Cannot store the usage of the last live calls: {}", failed.getMessage());
    }
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
