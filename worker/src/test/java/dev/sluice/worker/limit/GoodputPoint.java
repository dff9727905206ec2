package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A provider and a fleet of workers: one point of the goodput grid.
 *
 * @param source how the workers know the limits: advertised, configured, or inferred from 429s
 * @param tokensBind whether the limit of tokens is the lower one, else that of requests
 * @param latency median duration of a call in seconds
 * @param sigma spread of the lognormal duration
 */
record GoodputPoint(
    LimitSource source,
    VirtualQuota.Law law,
    TokenCharge charge,
    boolean tokensBind,
    double latency,
    double sigma,
    Fleet fleet) {
  private static final long SECOND = 1_000_000_000;
  private static final double CALLS_PER_SECOND = 10;
  private static final double TOKENS_PER_SECOND_FACTOR = 3;
  private static final double REQUESTS_PER_SECOND_FACTOR = 2;

  /** Not aligned with a second or a minute. */
  private static final long START = 4 * SECOND / 10;

  private static final Map<String, RouteSettings> ROUTES = new ConcurrentHashMap<>();

  /** The workers, and the concurrent calls of each. */
  enum Fleet {
    FOUR_BY_4(4, 4),
    FOUR_BY_16(4, 16),
    TWO_BY_64(2, 64);

    final int workers;
    final int concurrency;

    Fleet(int workers, int concurrency) {
      this.workers = workers;
      this.concurrency = concurrency;
    }
  }

  /**
   * The goodput of a point.
   *
   * @param relativeCalls calls admitted after the first one, relative to those of an ideal client
   *     in the same time
   * @param relativeTime time until the last reply, relative to that of an ideal client
   * @param throttled 429s
   * @param duringRetryAfter calls sent within a Retry-After delay that any worker had received
   */
  record Result(
      GoodputPoint point,
      double relativeCalls,
      double relativeTime,
      int throttled,
      int duringRetryAfter) {}

  /** Returns the result of this number of calls. It depends on nothing else. */
  Result run(int calls, long seed, Consumer<String> trace) {
    Random random = new Random(31 * seed + name().hashCode());
    List<VirtualTask> tasks = VirtualTask.random(calls, latency, sigma, random);
    VirtualEvents events = new VirtualEvents(START);
    VirtualFleet run =
        new VirtualFleet(
            provider(START, true), charge, source == LimitSource.ADVERTISED, tasks, events, random);
    run.run(route(), fleet.workers, trace);

    long first = run.admissions.getFirst();
    long last = run.admissions.getLast();
    IdealClient client =
        new IdealClient(provider(first, false), fleet.workers * fleet.concurrency, first);
    IdealClient.Run ideal = client.run(tasks, last);
    return new Result(
        this,
        (run.admissions.size() - 1.0) / allowed(ideal, last),
        (double) (run.lastEnd - first) / (ideal.end() - first),
        run.throttled,
        run.duringRetryAfter);
  }

  /** The quota of the last window counts in proportion to the elapsed part of it. */
  private double allowed(IdealClient.Run ideal, long last) {
    long elapsed = law.isWindow ? Math.floorMod(last, law.windowNanos()) : law.windowNanos();
    long before = ideal.until(last - elapsed);
    double part = (double) elapsed / law.windowNanos();
    return before + part * (ideal.until(last) - before) - 1;
  }

  /** Returns the number of calls of a short run: the burst, and several windows. */
  int defaultCalls() {
    return switch (law.seconds) {
      case 1 -> 150;
      case 60 -> 700;
      default -> 250;
    };
  }

  String name() {
    return "%s-%s-%s-%s-%ss-%s-%s"
        .formatted(source, law, charge, tokensBind ? "tokens" : "requests", latency, sigma, fleet)
        .toLowerCase(Locale.ROOT);
  }

  private TwoLimitProvider provider(long now, boolean mayCallsOverdraw) {
    return new TwoLimitProvider(
        new VirtualQuota(law, requestsPerSecond(), now),
        new VirtualQuota(law, tokensPerSecond(), now),
        charge,
        mayCallsOverdraw);
  }

  private double requestsPerSecond() {
    return tokensBind ? CALLS_PER_SECOND * REQUESTS_PER_SECOND_FACTOR : CALLS_PER_SECOND;
  }

  private double tokensPerSecond() {
    double callsPerSecond = CALLS_PER_SECOND * (tokensBind ? 1 : TOKENS_PER_SECOND_FACTOR);
    return callsPerSecond * charge.amount(VirtualTask.MEAN);
  }

  private RouteSettings route() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("provider.dialect", charge.dialect);
    settings.put("concurrency", fleet.concurrency);
    if (source == LimitSource.CONFIGURED) {
      String tokens =
          charge.kind == LimitKind.TOKENS ? "tokens-per-minute" : "input-tokens-per-minute";
      settings.put("limits.requests-per-minute", Math.round(60 * requestsPerSecond()));
      settings.put("limits." + tokens, Math.round(60 * tokensPerSecond()));
    }
    return ROUTES.computeIfAbsent(settings.toString(), key -> TestRoutes.route("r", settings));
  }
}
