package dev.sluice.producer.cost;

import dev.sluice.common.route.Price;
import dev.sluice.common.route.Routes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What tokens cost, by the prices in the settings of the routes. */
@Component
public class PriceList {
  private static final int DIGITS = 6;
  private static final int TOKENS = 6;

  /** Before so many tasks have ended, the estimate says more than they do. */
  private static final long ENOUGH = 20;

  private final Routes routes;

  PriceList(Routes routes) {
    this.routes = routes;
  }

  /**
   * What a batch costs, in dollars; all are null where a model has no price.
   *
   * @param spent by the tasks that have ended, failed ones too, as far as the provider counted them
   * @param expected when all have ended, by what the ended ones took, or the most before there are
   *     enough
   * @param least the prompts alone, estimated
   * @param most with each reply as long as its request allows, estimated
   * @param asOf the oldest of the prices' days
   * @param note what is to be said beside it; null for nothing
   */
  public record BatchCost(
      @Nullable BigDecimal spent,
      @Nullable BigDecimal expected,
      @Nullable BigDecimal least,
      @Nullable BigDecimal most,
      @Nullable LocalDate asOf,
      @Nullable String note) {
    static final BatchCost UNKNOWN = new BatchCost(null, null, null, null, null, null);
  }

  /** What all that costs. */
  public BatchCost cost(Collection<ModelUsage> uses) {
    Optional<LocalDate> asOf = asOf(uses);
    if (asOf.isEmpty()) {
      return BatchCost.UNKNOWN;
    }
    return new BatchCost(
        sum(uses, use -> dollars(use, use.promptTokens(), use.completionTokens())),
        sum(uses, this::expected),
        sum(uses, use -> dollars(use, use.estimatedPrompt(), 0)),
        sum(uses, use -> dollars(use, use.estimatedPrompt(), use.estimatedReply())),
        asOf.get(),
        note(uses));
  }

  /** What tokens of a model cost, in dollars; empty where it has no price. */
  public Optional<BigDecimal> dollars(String route, String model, long prompt, long completion) {
    ModelUsage use = ModelUsage.planned(route, model, 0, 0, 0);
    return price(use).map(price -> dollars(use, prompt, completion));
  }

  /** Empty where a model has no price, or there is none at all. */
  private Optional<LocalDate> asOf(Collection<ModelUsage> uses) {
    return uses.stream().allMatch(use -> price(use).isPresent())
        ? uses.stream()
            .map(use -> Objects.requireNonNull(price(use).orElseThrow().asOf()))
            .min(Comparator.naturalOrder())
        : Optional.empty();
  }

  private @Nullable String note(Collection<ModelUsage> uses) {
    String notes =
        uses.stream()
            .map(use -> price(use).orElseThrow().note())
            .filter(note -> !note.isBlank())
            .distinct()
            .collect(Collectors.joining("; "));
    return notes.isEmpty() ? null : notes;
  }

  private BigDecimal expected(ModelUsage use) {
    long left = use.tasks() - use.ended();
    BigDecimal spent = dollars(use, use.promptTokens(), use.completionTokens());
    if (left <= 0) {
      return spent;
    }
    boolean isEnough = use.ended() >= Math.min(ENOUGH, use.tasks());
    BigDecimal basis = isEnough ? spent : dollars(use, use.estimatedPrompt(), use.estimatedReply());
    BigDecimal of = BigDecimal.valueOf(isEnough ? use.ended() : use.tasks());
    return spent.add(
        basis.multiply(BigDecimal.valueOf(left)).divide(of, 2 * DIGITS, RoundingMode.HALF_UP));
  }

  private static BigDecimal sum(
      Collection<ModelUsage> uses, Function<ModelUsage, BigDecimal> dollars) {
    return uses.stream()
        .map(dollars)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .setScale(DIGITS, RoundingMode.HALF_UP);
  }

  private BigDecimal dollars(ModelUsage use, long prompt, long completion) {
    Price price = price(use).orElseThrow();
    return Objects.requireNonNull(price.inputPerMillion())
        .multiply(BigDecimal.valueOf(prompt))
        .add(price.outputPerMillion().multiply(BigDecimal.valueOf(completion)))
        .movePointLeft(TOKENS);
  }

  private Optional<Price> price(ModelUsage use) {
    return routes.all().stream()
        .filter(route -> route.name().equals(use.route()))
        .findFirst()
        .flatMap(route -> route.priceOf(use.model()));
  }
}
