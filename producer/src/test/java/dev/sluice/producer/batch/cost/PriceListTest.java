package dev.sluice.producer.batch.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.route.TestRoutes;
import java.math.BigDecimal;
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
                      Map.ofEntries(
                          Map.entry("models", "cheap,dear,free"),
                          Map.entry("prices[0].model", "cheap"),
                          Map.entry("prices[0].input-per-million", "1"),
                          Map.entry("prices[0].output-per-million", "10"),
                          Map.entry("prices[0].cached-input-per-million", "0.1"),
                          Map.entry("prices[0].cache-write-per-million", "1.25"),
                          Map.entry("prices[0].tiers.flex", "0.4"),
                          Map.entry("prices[0].as-of", "2026-11-02"),
                          Map.entry("prices[1].model", "dear"),
                          Map.entry("prices[1].input-per-million", "100"),
                          Map.entry("prices[1].as-of", "2026-11-01"))))));

  @Test
  void estimateIsBetweenPromptsAndLongestReplies() {
    BatchCost cost =
        prices.cost(List.of(ModelUsage.planned("mini", "cheap", 10, 1_000_000, 500_000)));

    assertThat(cost.min()).isEqualByComparingTo("1");
    assertThat(cost.max()).isEqualByComparingTo("6");
    assertThat(cost.expected()).as("the estimate without finished tasks").isEqualByComparingTo("6");
    assertThat(cost.spent()).isEqualByComparingTo("0");
  }

  @Test
  void forecastExtrapolatesFinishedTasks() {
    ModelUsage quarter =
        new ModelUsage("mini", "cheap", 80, 1, 1, 20, List.of(new TokenUsage(1_000_000, 100_000)));

    BatchCost cost = prices.cost(List.of(quarter));

    assertThat(cost.spent()).isEqualByComparingTo("2");
    assertThat(cost.expected()).isEqualByComparingTo("8");
  }

  @Test
  void forecastUsesTheEstimateForFewFinishedTasks() {
    ModelUsage few =
        new ModelUsage("mini", "cheap", 100, 1_000_000, 0, 19, List.of(new TokenUsage(0, 0)));

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
    assertThat(prices.dollars("mini", "free", new TokenUsage(1, 1))).isEmpty();
  }

  @Test
  void modelWithoutAPriceDoesNotHideWhatTheOthersHaveCost() {
    ModelUsage dear =
        new ModelUsage("mini", "dear", 1, 0, 0, 1, List.of(new TokenUsage(10_000, 0)));
    ModelUsage free =
        new ModelUsage("mini", "free", 1, 0, 0, 1, List.of(new TokenUsage(10_000, 0)));

    assertThat(prices.spent(List.of(dear, free))).isEqualByComparingTo("1");
    assertThat(prices.unpriced(List.of(dear, free))).containsExactly(free);
  }

  @Test
  void cachedTokensAndTiersHaveTheirOwnPrices() {
    TokenUsage standard = new TokenUsage(1_000_000, 100_000, 400_000, 200_000, "");

    assertThat(prices.dollars("mini", "cheap", standard).orElseThrow())
        .as("0.4 uncached, 0.04 cached, 0.25 written, 1 for the reply")
        .isEqualByComparingTo("1.69");
    assertThat(prices.dollars("mini", "dear", standard).orElseThrow())
        .as("without prices of their own, as the rest of the prompt")
        .isEqualByComparingTo("100");
    assertThat(dollars("flex")).isEqualByComparingTo("0.4");
    assertThat(dollars("batch")).isEqualByComparingTo("0.5");
    assertThat(dollars("priority")).isEqualByComparingTo("2");
    assertThat(dollars("scale")).isEqualByComparingTo("1");
  }

  private BigDecimal dollars(String tier) {
    return prices.dollars("mini", "cheap", new TokenUsage(1_000_000, 0, 0, 0, tier)).orElseThrow();
  }

  @Test
  void standardTierHasWhatTheOthersDoNotHave() {
    TokenUsage flex = new TokenUsage(400, 40, 4, 1, "flex");

    assertThat(TierCosts.byTier(new TokenUsage(1000, 100, 10, 1, ""), List.of(flex)))
        .containsExactlyInAnyOrder(flex, new TokenUsage(600, 60, 6, 0, ""));
  }
}
