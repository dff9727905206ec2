package dev.sluice.producer.batch.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.route.TestRoutes;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceListTest {
  private final PriceList prices =
      new PriceList(
          new Routes(
              List.of(
                  TestRoutes.route(
                      "mini",
                      Map.of(
                          "models", "cheap,dear,free",
                          "prices[0].model", "cheap",
                          "prices[0].input-per-million", "1",
                          "prices[0].output-per-million", "10",
                          "prices[0].as-of", "2026-11-02",
                          "prices[1].model", "dear",
                          "prices[1].input-per-million", "100",
                          "prices[1].as-of", "2026-11-01")))));

  @Test
  void estimateIsBetweenPromptsAndLongestReplies() {
    BatchCost cost =
        prices.cost(List.of(ModelUsage.planned("mini", "cheap", 10, 1_000_000, 500_000)));

    assertThat(cost.min()).isEqualByComparingTo("1");
    assertThat(cost.max()).isEqualByComparingTo("6");
    assertThat(cost.expected()).as("the estimate without ended tasks").isEqualByComparingTo("6");
    assertThat(cost.spent()).isEqualByComparingTo("0");
  }

  @Test
  void forecastExtrapolatesEndedTasks() {
    ModelUsage quarter = new ModelUsage("mini", "cheap", 80, 1, 1, 20, 1_000_000, 100_000);

    BatchCost cost = prices.cost(List.of(quarter));

    assertThat(cost.spent()).isEqualByComparingTo("2");
    assertThat(cost.expected()).isEqualByComparingTo("8");
  }

  @Test
  void forecastUsesTheEstimateForFewEndedTasks() {
    ModelUsage few = new ModelUsage("mini", "cheap", 100, 1_000_000, 0, 19, 0, 0);

    assertThat(prices.cost(List.of(few)).expected()).isEqualByComparingTo("0.81");
  }

  @Test
  void costStatesTheOldestPriceDate() {
    BatchCost cost =
        prices.cost(
            List.of(
                ModelUsage.planned("mini", "cheap", 1, 0, 0),
                ModelUsage.planned("mini", "dear", 1, 10_000, 0)));

    assertThat(cost.asOf()).isEqualTo(LocalDate.parse("2026-11-01"));
    assertThat(cost.min()).isEqualByComparingTo("1");
  }

  @Test
  void costIsUnknownIfAModelHasNoPrice() {
    List<ModelUsage> usages =
        List.of(
            ModelUsage.planned("mini", "cheap", 1, 1, 1),
            ModelUsage.planned("mini", "free", 1, 1, 1));

    assertThat(prices.cost(usages)).isEqualTo(BatchCost.UNKNOWN);
    assertThat(prices.cost(List.of())).isEqualTo(BatchCost.UNKNOWN);
    assertThat(prices.dollars("mini", "free", 1, 1)).isEmpty();
  }

  @Test
  void modelWithoutAPriceDoesNotHideWhatTheOthersHaveCost() {
    ModelUsage dear = new ModelUsage("mini", "dear", 1, 0, 0, 1, 10_000, 0);
    ModelUsage free = new ModelUsage("mini", "free", 1, 0, 0, 1, 10_000, 0);

    assertThat(prices.spent(List.of(dear, free))).isEqualByComparingTo("1");
    assertThat(prices.unpriced(List.of(dear, free))).containsExactly(free);
  }
}
