package dev.sluice.worker.consume;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.fleet.FleetLink;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.bucket.RedisBucketStore;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.LimiterMetrics;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** Creates the context of each route: its limiter, connected to the peers, and its telemetry. */
public final class RouteContextFactory {
  private final FleetLink fleet;
  private final @Nullable RedisBucketStore store;
  private final MeterRegistry meters;
  private final Tracing tracing;
  private final SslBundles bundles;
  private final String worker;
  private final ContentLog contentLog;

  /** Thread-safe, unlike {@link RandomGenerator#getDefault}. */
  private final RandomGenerator random = new Random();

  /**
   * @param store the store of limits that all workers share; null if each worker has its fraction
   * @param bundles the SSL bundles that verify providers' certificates
   * @param worker the worker name in outcomes
   * @param logContent whether the log contains requests and replies
   */
  public RouteContextFactory(
      FleetLink fleet,
      @Nullable RedisBucketStore store,
      MeterRegistry meters,
      Tracing tracing,
      SslBundles bundles,
      String worker,
      boolean logContent) {
    this.fleet = fleet;
    this.store = store;
    this.meters = meters;
    this.tracing = tracing;
    this.bundles = bundles;
    this.worker = worker;
    this.contentLog = new ContentLog(logContent);
  }

  RouteContext of(RouteSettings route) {
    RouteTiers tiers = new RouteTiers(route);
    RateLimiter limiter =
        fleet.join(
            route,
            tiers::status,
            peers -> RateLimiter.of(route, account -> buckets(account, peers), peers, random));
    LimiterMetrics.register(meters, route, limiter);
    return context(route, limiter, tiers, meters, tracing, contentLog);
  }

  private Buckets buckets(String account, PeerWorkers peers) {
    return store == null
        ? Buckets.partitioned(peers::limitFraction)
        : Buckets.shared(store, account, peers::limitFraction);
  }

  /**
   * A context with its own limiter and telemetry, so that the warm-up does not change a route's.
   */
  RouteContext ofWarmUp(RouteSettings route) {
    return context(
        route,
        RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, random),
        new RouteTiers(route),
        new SimpleMeterRegistry(),
        Tracing.off(),
        new ContentLog(/* enabled= */ false));
  }

  private RouteContext context(
      RouteSettings route,
      RateLimiter limiter,
      RouteTiers tiers,
      MeterRegistry registry,
      Tracing spans,
      ContentLog content) {
    return new RouteContext(
        route,
        MemberConnection.of(route, bundles),
        limiter,
        new SettlementPolicy(route, random, worker),
        tiers,
        new ProjectTasks(route.concurrency()),
        new WorkerMetrics(registry, route.name(), route.firstProvider().dialect()),
        spans,
        content);
  }
}
