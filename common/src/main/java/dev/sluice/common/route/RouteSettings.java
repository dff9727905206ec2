package dev.sluice.common.route;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One route: a provider endpoint, its key, and the models that share its limits.
 *
 * @param name 1-64 of small letters, digits and hyphens; part of queue names and metric labels.
 *     Required.
 * @param models the models whose requests take this route; a name may end in {@code *}. Default:
 *     {@code *}, every model that no other route names.
 * @param mixedModels whether a batch may ask this route's models beside others; OpenAI's Batch API
 *     takes one model a file. Default: true.
 * @param provider where the calls go. Its URL is required.
 * @param concurrency how many calls one worker runs at once on this route, 1-1000. Default: 8.
 * @param liveConcurrency how many more it keeps for the live lane, 1-1000. Default: 8.
 * @param fleetConcurrency how many calls all workers together run at once on this route, 0-100000;
 *     0 for as many as they have consumers. Default: 0.
 * @param limits what the provider allows. Default: learned.
 * @param answers what this provider's errors mean, before the rules of its dialect. Default: none.
 * @param context what happens to a prompt that is too long for the model. Default: it is sent.
 * @param breaker when the provider counts as out of order.
 * @param maxAttempts how many attempts may fail before a task is dead-lettered, 1-100; a
 *     rate-limited call is not counted. Default: 5.
 * @param backoff how long a failed attempt waits where the provider names no time.
 * @param window how many of the route's tasks may be in the broker at once, 1-1000000. Default:
 *     1000.
 * @param prices what its models cost, for estimates and budgets. Default: none, costs are not
 *     known.
 */
public record RouteSettings(
    String name,
    @DefaultValue("*") List<String> models,
    @DefaultValue("true") boolean mixedModels,
    Provider provider,
    @DefaultValue("8") int concurrency,
    @DefaultValue("8") int liveConcurrency,
    @DefaultValue("0") int fleetConcurrency,
    @DefaultValue Limits limits,
    @DefaultValue List<ErrorRule> answers,
    @DefaultValue Context context,
    @DefaultValue Breaker breaker,
    @DefaultValue("5") int maxAttempts,
    @DefaultValue Backoff backoff,
    @DefaultValue("1000") int window,
    @DefaultValue List<Price> prices) {

  /** No list that is given can be changed later. */
  public RouteSettings {
    models = List.copyOf(models);
    answers = List.copyOf(answers);
    prices = List.copyOf(prices);
  }

  /** What a model costs: the price that names it, else the one with the longest fitting name. */
  public Optional<Price> priceOf(String asked) {
    return prices.stream()
        .filter(price -> ModelPattern.fit(price.model(), asked) >= 0)
        .max(Comparator.comparingInt(price -> ModelPattern.fit(price.model(), asked)));
  }

  /**
   * What the provider allows per minute, shared by the models of the route. What is 0 is learned
   * from the provider's replies; what is set is kept, and the provider may only tell less.
   *
   * @param requestsPerMinute calls; 0 for learned. Default: 0.
   * @param tokensPerMinute tokens of prompts and replies together; 0 for learned. Default: 0.
   * @param inputTokensPerMinute tokens of prompts, where they are counted apart; 0 for learned.
   *     Default: 0.
   * @param outputTokensPerMinute tokens of replies, where they are counted apart; 0 for learned.
   *     Default: 0.
   * @param learn whether limits are learned at all; without, what is 0 is no limit. Default: true.
   */
  public record Limits(
      @DefaultValue("0") long requestsPerMinute,
      @DefaultValue("0") long tokensPerMinute,
      @DefaultValue("0") long inputTokensPerMinute,
      @DefaultValue("0") long outputTokensPerMinute,
      @DefaultValue("true") boolean learn) {

    /** Whether tokens are limited from the first call on. */
    public boolean countTokens() {
      return tokensPerMinute > 0 || inputTokensPerMinute > 0 || outputTokensPerMinute > 0;
    }
  }

  /**
   * The guard over prompts that are longer than the model's window.
   *
   * @param window tokens of prompt and reply together that the models of the route take; 0 for no
   *     guard. Default: 0.
   * @param overflow what happens to a longer prompt. Default: {@code fail}.
   */
  public record Context(@DefaultValue("0") long window, @DefaultValue("fail") Overflow overflow) {

    /** What happens to a prompt that is too long. */
    public enum Overflow {
      /** It fails as {@code context_length_exceeded} before a paid call. */
      FAIL,
      /** Its oldest turns are left out until it fits. */
      TRIM
    }
  }

  /**
   * When a provider counts as out of order, and how often it is asked then.
   *
   * @param failures how many calls in a row have to fail, 2-1000. Default: 5.
   * @param probeAfter how long the route rests before the first probe; doubled after each one that
   *     fails. Default: 1 s.
   * @param probeCap the rest never grows beyond it. Default: 1 min.
   */
  public record Breaker(
      @DefaultValue("5") int failures,
      @DefaultValue("1s") Duration probeAfter,
      @DefaultValue("1m") Duration probeCap) {}

  /**
   * Exponential backoff with full jitter: a random time between nothing and {@code base x 2^n}.
   *
   * @param base the bound after the first failure. Default: 1 s.
   * @param cap the bound never grows beyond it, at most 24 h. Default: 2 min.
   */
  public record Backoff(@DefaultValue("1s") Duration base, @DefaultValue("2m") Duration cap) {}
}
