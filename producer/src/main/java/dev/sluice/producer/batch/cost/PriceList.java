package dev.sluice.producer.batch.cost;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.Price;
import dev.sluice.platform.route.Routes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Calculates costs from the prices in the settings of the routes. */
@Component
public class PriceList {
  private static final int SCALE = 6;

  /** With fewer finished tasks, the estimate is more accurate than their average. */
  private static final long MIN_FINISHED_TASKS = 20;

  private final Routes routes;

  PriceList(Routes routes) {
    this.routes = routes;
  }

  /** The cost of the usage. */
  public BatchCost cost(Collection<ModelUsage> usages) {
    Optional<LocalDate> asOf = asOf(usages);
    if (asOf.isEmpty()) {
      return BatchCost.UNKNOWN;
    }
    return new BatchCost(
        sum(usages, this::spent),
        sum(usages, this::expected),
        sum(usages, usage -> dollars(usage, usage.estimatedPromptTokens(), 0)),
        sum(
            usages,
            usage ->
                dollars(usage, usage.estimatedPromptTokens(), usage.estimatedCompletionTokens())),
        asOf.get(),
        note(usages));
  }

  /** What the usage has cost so far in US dollars, without the models that have no price. */
  BigDecimal spent(Collection<ModelUsage> usages) {
    return sum(usages.stream().filter(usage -> price(usage).isPresent()).toList(), this::spent);
  }

  /** The usage of models that have no price. */
  List<ModelUsage> unpriced(Collection<ModelUsage> usages) {
    return usages.stream().filter(usage -> price(usage).isEmpty()).toList();
  }

  /** The cost of tokens of a model in US dollars; empty if it has no price. */
  public Optional<BigDecimal> dollars(String route, String model, TokenUsage usage) {
    return price(route, model).map(price -> price.dollars(usage));
  }

  /** Whether a model has a price. */
  boolean hasPrice(String route, String model) {
    return price(route, model).isPresent();
  }

  /** The oldest date of the prices; empty if a model has no price or there is no usage. */
  private Optional<LocalDate> asOf(Collection<ModelUsage> usages) {
    return usages.stream().allMatch(usage -> price(usage).isPresent())
        ? usages.stream()
            .map(usage -> Objects.requireNonNull(price(usage).orElseThrow().asOf()))
            .min(Comparator.naturalOrder())
        : Optional.empty();
  }

  private @Nullable String note(Collection<ModelUsage> usages) {
    String notes =
        usages.stream()
            .map(usage -> price(usage).orElseThrow().note())
            .filter(note -> !note.isBlank())
            .distinct()
            .collect(Collectors.joining("; "));
    return notes.isEmpty() ? null : notes;
  }

  private BigDecimal expected(ModelUsage usage) {
    long remaining = usage.tasks() - usage.finished();
    BigDecimal spent = spent(usage);
    if (remaining <= 0) {
      return spent;
    }
    boolean isEnough = usage.finished() >= Math.min(MIN_FINISHED_TASKS, usage.tasks());
    BigDecimal basis =
        isEnough
            ? spent
            : dollars(usage, usage.estimatedPromptTokens(), usage.estimatedCompletionTokens());
    BigDecimal basisTasks = BigDecimal.valueOf(isEnough ? usage.finished() : usage.tasks());
    return spent.add(
        basis
            .multiply(BigDecimal.valueOf(remaining))
            .divide(basisTasks, 2 * SCALE, RoundingMode.HALF_UP));
  }

  private static BigDecimal sum(
      Collection<ModelUsage> usages, Function<ModelUsage, BigDecimal> dollars) {
    return usages.stream()
        .map(dollars)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .setScale(SCALE, RoundingMode.HALF_UP);
  }

  private BigDecimal spent(ModelUsage usage) {
    Price price = price(usage).orElseThrow();
    return usage.used().stream().map(price::dollars).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private BigDecimal dollars(ModelUsage usage, long prompt, long completion) {
    return price(usage).orElseThrow().dollars(new TokenUsage(prompt, completion));
  }

  private Optional<Price> price(ModelUsage usage) {
    return price(usage.route(), usage.model());
  }

  private Optional<Price> price(String route, String model) {
    return routes.all().stream()
        .filter(settings -> settings.name().equals(route))
        .findFirst()
        .flatMap(settings -> settings.priceOf(model));
  }
}
