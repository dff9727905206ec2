package dev.sluice.platform.route;

import dev.sluice.common.wire.ServiceTier;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of one route: a provider endpoint, its key, and the models that share its limits. It has
 * one component for each setting in the YAML.
 *
 * @param name 1-64 lower-case letters, digits and hyphens; part of queue names and metric labels.
 *     Required.
 * @param models models that this route serves; a name may end in {@code *}. Default: {@code *},
 *     every model that no other route names.
 * @param allowMixedModels whether a batch may mix this route's models with others; OpenAI's Batch
 *     API allows one model per file. Default: true.
 * @param provider the provider endpoint. Its URL is required, unless each member has one.
 * @param members several deployments, regions, accounts or keys that serve the route together,
 *     0-100. Default: none, the provider alone serves it.
 * @param concurrency maximum concurrent calls per worker in the batch lane, 1-1000. Default: 8.
 * @param liveConcurrency maximum concurrent calls per worker in the live lane, 1-1000. Default: 8.
 * @param fleetConcurrency maximum concurrent calls of all workers together, 0-100000; 0 for no
 *     limit. Default: 0.
 * @param limits the provider's rate limits. Default: learned.
 * @param errorRules meanings of this provider's errors; they precede the rules of its dialect.
 *     Default: none.
 * @param context handling of prompts that exceed the model's context length. Default: sent as they
 *     are.
 * @param breaker the circuit breaker.
 * @param maxAttempts failed attempts before a task is dead-lettered, 1-100; throttled calls do not
 *     count. Default: 5.
 * @param backoff delay before a retry if the provider sends no Retry-After.
 * @param tier the service tier of batch tasks whose batch requests none. Default: {@code standard}.
 * @param tierFallback when tasks of the flex tier are sent at the standard tier.
 * @param maxTasksInBroker maximum tasks of the route in the broker, 1-1000000. Default: 1000.
 * @param prices prices of the models, for estimates and budgets. Default: none, costs are unknown.
 */
public record RouteSettings(
    String name,
    @DefaultValue("*") List<String> models,
    @DefaultValue("true") boolean allowMixedModels,
    @DefaultValue Provider provider,
    @DefaultValue List<RouteMember> members,
    @DefaultValue("8") int concurrency,
    @DefaultValue("8") int liveConcurrency,
    @DefaultValue("0") int fleetConcurrency,
    @DefaultValue Limits limits,
    @DefaultValue List<ErrorRule> errorRules,
    @DefaultValue Context context,
    @DefaultValue Breaker breaker,
    @DefaultValue("5") int maxAttempts,
    @DefaultValue Backoff backoff,
    @DefaultValue("standard") ServiceTier tier,
    @DefaultValue TierFallback tierFallback,
    @DefaultValue("1000") int maxTasksInBroker,
    @DefaultValue List<Price> prices) {

  public RouteSettings {
    models = List.copyOf(models);
    members = List.copyOf(members);
    errorRules = List.copyOf(errorRules);
    prices = List.copyOf(prices);
  }

  /** The members; a route without members has exactly one, its provider. */
  public List<RouteMember> allMembers() {
    return members.isEmpty() ? List.of(RouteMember.ONLY) : members;
  }

  /** The provider of the first member: the one whose host and models represent the route. */
  public Provider firstProvider() {
    return allMembers().getFirst().provider(provider);
  }

  /** The settings of a route that has only this member. */
  public RouteSettings of(RouteMember member) {
    return withProvider(member.provider(provider), limits);
  }

  /** These settings with another provider as the only member, and other limits. */
  public RouteSettings withProvider(Provider only, Limits otherLimits) {
    return new RouteSettings(
        name,
        models,
        allowMixedModels,
        only,
        List.of(),
        concurrency,
        liveConcurrency,
        fleetConcurrency,
        otherLimits,
        errorRules,
        context,
        breaker,
        maxAttempts,
        backoff,
        tier,
        tierFallback,
        maxTasksInBroker,
        prices);
  }

  /** Whether this route serves the model; another route may match it better. */
  public boolean serves(String model) {
    return models.stream().anyMatch(pattern -> ModelPattern.specificity(pattern, model) >= 0);
  }

  /** The price of a model: an exact name, else the longest matching pattern. */
  public Optional<Price> priceOf(String model) {
    return prices.stream()
        .filter(price -> ModelPattern.specificity(price.model(), model) >= 0)
        .max(Comparator.comparingInt(price -> ModelPattern.specificity(price.model(), model)));
  }

  /**
   * Rate limits of the provider, shared by the models of the route. A limit of 0 is learned from
   * the provider's responses; a response can lower a configured limit, but not raise it.
   *
   * @param requestsPerMinute requests per minute; 0 to learn it. Default: 0.
   * @param tokensPerMinute prompt and completion tokens per minute; 0 to learn it. Default: 0.
   * @param inputTokensPerMinute prompt tokens per minute, if the provider limits them separately; 0
   *     to learn it. Default: 0.
   * @param outputTokensPerMinute completion tokens per minute, if the provider limits them
   *     separately; 0 to learn it. Default: 0.
   * @param learn whether limits are learned; if false, 0 means no limit. Default: true.
   */
  public record Limits(
      @DefaultValue("0") long requestsPerMinute,
      @DefaultValue("0") long tokensPerMinute,
      @DefaultValue("0") long inputTokensPerMinute,
      @DefaultValue("0") long outputTokensPerMinute,
      @DefaultValue("true") boolean learn) {

    /** Whether a token limit is configured. */
    public boolean limitsTokens() {
      return tokensPerMinute > 0 || inputTokensPerMinute > 0 || outputTokensPerMinute > 0;
    }
  }

  /**
   * Handling of prompts that exceed the model's context length.
   *
   * @param maxTokens context length in tokens, prompt and reply together; 0 disables the check.
   *     Default: 0.
   * @param overflow handling of a longer prompt. Default: {@code fail}.
   */
  public record Context(
      @DefaultValue("0") long maxTokens, @DefaultValue("fail") Overflow overflow) {

    /** Handling of a prompt that is too long. */
    public enum Overflow {
      /** Fails as {@code context_length_exceeded}, without a provider call. */
      FAIL,
      /** Removes the oldest turns until the prompt fits. */
      TRIM
    }
  }

  /**
   * When tasks of the flex tier are sent at the standard tier.
   *
   * @param beforeDeadline time before a task's deadline, 0-30 days; 0 for never. Default: 2 h.
   * @param afterRefusals refused calls of a task, 0-1000; 0 for any number. Default: 0.
   */
  public record TierFallback(
      @DefaultValue("2h") Duration beforeDeadline, @DefaultValue("0") int afterRefusals) {}

  /**
   * Circuit breaker: holds the route after consecutive failures, then sends half-open probes.
   *
   * @param failures consecutive failed calls that open the breaker, 2-1000. Default: 5.
   * @param probeDelay delay before the first probe; doubles after each failed probe. Default: 1 s.
   * @param probeDelayCap maximum delay between probes. Default: 1 min.
   */
  public record Breaker(
      @DefaultValue("5") int failures,
      @DefaultValue("1s") Duration probeDelay,
      @DefaultValue("1m") Duration probeDelayCap) {}

  /**
   * Exponential backoff with full jitter: a random delay between 0 and {@code base x 2^n}.
   *
   * @param base upper bound of the delay after the first failure. Default: 1 s.
   * @param cap maximum of the upper bound, at most 24 h. Default: 2 min.
   */
  public record Backoff(@DefaultValue("1s") Duration base, @DefaultValue("2m") Duration cap) {}
}
