package dev.sluice.common.route;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One route: a provider endpoint, its key, and the models that share its limits.
 *
 * @param name 1-64 of small letters, digits and hyphens; part of queue names and metric labels.
 *     Required.
 * @param models the models whose requests take this route; a name may end in {@code *}. Default:
 *     {@code *}, every model that no other route names.
 * @param provider where the calls go. Its URL is required.
 * @param concurrency how many calls one worker runs at once on this route, 1-1000. Default: 8.
 * @param liveConcurrency how many more it keeps for the live lane, 1-1000. Default: 2.
 * @param limits what the provider allows. Default: no limit.
 * @param maxAttempts how many attempts may fail before a task is dead-lettered, 1-100; a
 *     rate-limited call is not counted. Default: 5.
 * @param backoff how long a failed attempt waits where the provider names no time.
 * @param window how many of the route's tasks may be in the broker at once, 1-1000000. Default:
 *     1000.
 */
public record RouteSettings(
    String name,
    @DefaultValue("*") List<String> models,
    Provider provider,
    @DefaultValue("8") int concurrency,
    @DefaultValue("2") int liveConcurrency,
    @DefaultValue Limits limits,
    @DefaultValue("5") int maxAttempts,
    @DefaultValue Backoff backoff,
    @DefaultValue("1000") int window) {

  /**
   * What the provider allows per minute, shared by the models of the route.
   *
   * @param requestsPerMinute calls; 0 for no limit. Default: 0.
   * @param tokensPerMinute tokens of prompts and replies; 0 for no limit. Default: 0.
   */
  public record Limits(
      @DefaultValue("0") long requestsPerMinute, @DefaultValue("0") long tokensPerMinute) {}

  /**
   * Exponential backoff with full jitter: a random time between nothing and {@code base x 2^n}.
   *
   * @param base the bound after the first failure. Default: 1 s.
   * @param cap the bound never grows beyond it, at most 24 h. Default: 2 min.
   */
  public record Backoff(@DefaultValue("1s") Duration base, @DefaultValue("2m") Duration cap) {}
}
