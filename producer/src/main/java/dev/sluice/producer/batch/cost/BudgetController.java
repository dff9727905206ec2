package dev.sluice.producer.batch.cost;

import dev.sluice.api.batch.BudgetView;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BudgetAmount;
import dev.sluice.producer.batch.RequestedBatch;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.web.ApiException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The endpoints for budgets and costs of batches and projects. */
@RestController
class BudgetController {
  private final BatchQueries batches;
  private final Budgets budgets;
  private final Costs costs;
  private final PriceList prices;

  BudgetController(BatchQueries batches, Budgets budgets, Costs costs, PriceList prices) {
    this.batches = batches;
    this.budgets = budgets;
    this.costs = costs;
    this.prices = prices;
  }

  /**
   * @param dollars null for no budget
   */
  record Budget(@Nullable BigDecimal dollars) {}

  @GetMapping("/api/budget")
  Budgets.ProjectBudget ofProject(Project project) {
    return budgets.of(project);
  }

  @PutMapping("/api/budget")
  Budgets.ProjectBudget setProject(Project project, @RequestBody Budget budget) {
    budgets.set(project, BudgetAmount.checked(budget.dollars(), "dollars"));
    return budgets.of(project);
  }

  @GetMapping("/api/batches/{id}/cost")
  BudgetView cost(Project project, @PathVariable String id) {
    return view(find(project, id));
  }

  @PutMapping("/api/batches/{id}/budget")
  BudgetView set(Project project, @PathVariable String id, @RequestBody Budget budget) {
    Batch batch = find(project, id);
    BigDecimal dollars = BudgetAmount.checked(budget.dollars(), "dollars");
    if (dollars != null) {
      checkPrices(batch);
    }
    budgets.set(batch.id(), dollars);
    return view(find(project, id));
  }

  private void checkPrices(Batch batch) {
    prices.unpriced(usages(batch)).stream()
        .findFirst()
        .ifPresent(
            usage -> {
              throw ApiException.badRequest(
                  "A budget cannot limit this batch: model '%s' of route %s has no price. Set sluice.routes[].prices of the route first."
                      .formatted(usage.model(), usage.route()),
                  "dollars",
                  "model_without_price");
            });
  }

  private BudgetView view(Batch batch) {
    return new BudgetView(batch.budget(), prices.cost(usages(batch)));
  }

  private List<ModelUsage> usages(Batch batch) {
    return costs.of(List.of(batch.id().uuid())).getOrDefault(batch.id().uuid(), List.of());
  }

  private Batch find(Project project, String id) {
    return RequestedBatch.find(batches, project, id);
  }
}
