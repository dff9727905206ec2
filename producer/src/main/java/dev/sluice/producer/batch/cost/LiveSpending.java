package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.web.ApiException;
import jakarta.annotation.PreDestroy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Counts the usage of live calls towards the budgets of their projects and keys, and rejects live
 * calls whose budget is spent. The usage is stored once per second, so that a call needs no
 * statement of its own; a producer that crashes loses the usage of the last second.
 */
@Component
public class LiveSpending extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSpending.class);

  private static final int MAX_NAME_LENGTH = 200;

  private final Budgets budgets;
  private final KeySpending keySpending;
  private final PriceList prices;
  private final LiveCosts costs;
  private final BackgroundLoop loop =
      new BackgroundLoop("live-spending", Duration.ofSeconds(1), this::round);
  private Map<LiveCosts.Key, Costs.Usage> pending = new HashMap<>();

  LiveSpending(Budgets budgets, KeySpending keySpending, PriceList prices, LiveCosts costs) {
    this.budgets = budgets;
    this.keySpending = keySpending;
    this.prices = prices;
    this.costs = costs;
  }

  /**
   * Checks that the caller may make live calls.
   *
   * @throws ApiException 429 if the budget of the project or of the key is spent
   */
  public void check(AuthenticatedCaller caller) {
    Project project = caller.project();
    if (budgets.isSpent(project)) {
      throw ApiException.quotaExceeded(
          "The budget of project '%s' for this month is spent. Ask the administrator to raise it with PUT /api/budget?project=%s."
              .formatted(project.name(), project.name()));
    }
    BigDecimal budget = caller.limits().budget();
    if (budget != null && keySpending.of(caller.key()).compareTo(budget) >= 0) {
      throw ApiException.quotaExceeded(
          "The budget of key '%s' for this month is spent. Ask the administrator to raise it with POST /api/keys/%s."
              .formatted(caller.name(), caller.key()));
    }
  }

  /**
   * Checks that the budgets of the caller can limit its calls to a model.
   *
   * @throws ApiException 400 if there is a budget and the model has no price
   */
  public void checkPrice(AuthenticatedCaller caller, String route, String model) {
    boolean hasKeyBudget = caller.limits().budget() != null;
    if ((hasKeyBudget || budgets.isLimited(caller.project())) && !prices.hasPrice(route, model)) {
      throw ApiException.badRequest(
          "The budget of %s '%s' cannot limit calls of model '%s': it has no price on route %s. Set sluice.routes[].prices of the route, or remove the budget."
              .formatted(
                  hasKeyBudget ? "key" : "project",
                  hasKeyBudget ? caller.name() : caller.project().name(),
                  model,
                  route),
          "model",
          "model_without_price");
    }
  }

  /**
   * Adds the usage of a finished live call. Calls without tokens cost nothing; they would store a
   * row for each invented model name.
   */
  public synchronized void add(
      AuthenticatedCaller caller, String step, String route, String model, TokenUsage usage) {
    if (usage.promptTokens() == 0 && usage.completionTokens() == 0) {
      return;
    }
    pending.merge(
        new LiveCosts.Key(caller.project(), caller.key(), storable(step), route, storable(model)),
        Costs.Usage.of(usage),
        Costs.Usage::plus);
  }

  /** PostgreSQL rejects NUL and unpaired surrogates, and long values in an index. */
  private static String storable(String name) {
    String text = name.replaceAll("[\\x00\\p{Cs}]", "?");
    return text.substring(0, Math.min(text.length(), MAX_NAME_LENGTH));
  }

  private boolean round() {
    Map<LiveCosts.Key, Costs.Usage> usages = take();
    if (!usages.isEmpty()) {
      try {
        costs.add(usages);
      } catch (DataAccessException | TransactionException failed) {
        putBack(usages);
        throw failed;
      }
      costs.count(usages);
    }
    return false;
  }

  private synchronized Map<LiveCosts.Key, Costs.Usage> take() {
    Map<LiveCosts.Key, Costs.Usage> taken = pending;
    pending = new HashMap<>();
    return taken;
  }

  private synchronized void putBack(Map<LiveCosts.Key, Costs.Usage> usages) {
    usages.forEach((key, usage) -> pending.merge(key, usage, Costs.Usage::plus));
  }

  /** Stores the usage of the calls that finished during the shutdown. */
  @PreDestroy
  void close() {
    try {
      round();
    } catch (DataAccessException | TransactionException failed) {
      LOG.warn("Cannot store the usage of the last live calls: {}", failed.getMessage());
    }
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
