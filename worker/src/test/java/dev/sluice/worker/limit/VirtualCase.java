package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.rate.LimitSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A single provider and workload in virtual time: four workers with 16 calls each, latency
 * lognormal with a median of 900 ms and sigma 0.4, prompts of 100 to 300 tokens, at most 100 reply
 * tokens, charged by characters ÷ 4 and maximum reply.
 *
 * @param requestsPerMinute the limit of requests
 * @param tokensPerMinute the limit of tokens
 * @param halvedAfter seconds after which both limits are halved; 0 for never
 * @param strayFraction the fraction of calls that the provider rejects although quota is left
 */
record VirtualCase(
    String name,
    LimitSource source,
    VirtualQuota.Law law,
    double requestsPerMinute,
    double tokensPerMinute,
    int calls,
    int halvedAfter,
    double strayFraction) {
  private static final long SECOND = 1_000_000_000;
  private static final double MEDIAN_LATENCY = 0.9;
  private static final double SIGMA = 0.4;
  private static final int WORKERS = 4;
  private static final int CONCURRENCY = 16;

  /**
   * @param relativeRate calls admitted after the first, relative to the limit that binds, times the
   *     time
   * @param seconds from the first admission to the last reply
   * @param ideal seconds of an ideal client; meaningless if the limit is halved
   * @param throttled 429s
   * @param inFlight calls in flight at the first 429
   * @param afterMessage calls within a Retry-After delay that all workers knew of
   */
  record Result(
      double relativeRate,
      double seconds,
      double ideal,
      int throttled,
      int inFlight,
      int duringRetryAfter,
      int afterMessage) {}

  Result run(long start, long seed, Consumer<String> trace) {
    Random random = new Random(seed);
    List<VirtualTask> tasks = VirtualTask.uniform(calls, MEDIAN_LATENCY, SIGMA, random);
    VirtualEvents events = new VirtualEvents(start);
    TwoLimitProvider provider = provider(start);
    VirtualFleet run =
        new VirtualFleet(
            provider,
            TokenCharge.CHARACTERS_AND_MAX,
            source == LimitSource.ADVERTISED,
            tasks,
            events,
            random);
    run.rejectStray(strayFraction);
    if (halvedAfter > 0) {
      events.after(
          halvedAfter * SECOND,
          () ->
              provider.setPerSecond(
                  requestsPerMinute / 120, tokensPerMinute / 120, events.nanos()));
    }
    run.run(route(), WORKERS, trace);
    long first = run.admissions.getFirst();
    long last = run.admissions.getLast();
    double ideal =
        (new IdealClient(provider(first), WORKERS * CONCURRENCY, first).run(tasks, last).end()
                - first)
            / 1e9;
    return new Result(
        (run.admissions.size() - 1) / allowed((last - first) / 1e9),
        (run.lastEnd - first) / 1e9,
        ideal,
        run.throttled,
        run.inFlightAtFirstThrottle,
        run.duringRetryAfter,
        run.afterMessage);
  }

  private double allowed(double seconds) {
    double perSecond = Math.min(requestsPerMinute / 60, tokensPerMinute / 60 / 300);
    double before = halvedAfter > 0 ? Math.min(halvedAfter, seconds) : seconds;
    return perSecond * before + perSecond / 2 * (seconds - before);
  }

  private TwoLimitProvider provider(long now) {
    return new TwoLimitProvider(
        new VirtualQuota(law, requestsPerMinute / 60, now),
        new VirtualQuota(law, tokensPerMinute / 60, now),
        TokenCharge.CHARACTERS_AND_MAX,
        true);
  }

  private RouteSettings route() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("concurrency", CONCURRENCY);
    if (source == LimitSource.CONFIGURED) {
      settings.put("limits.requests-per-minute", Math.round(requestsPerMinute));
      settings.put("limits.tokens-per-minute", Math.round(tokensPerMinute));
    }
    return TestRoutes.route("r", settings);
  }
}
