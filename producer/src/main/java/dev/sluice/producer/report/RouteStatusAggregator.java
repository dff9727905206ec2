package dev.sluice.producer.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.producer.override.OperatorOverride;
import dev.sluice.producer.report.RouteStatus.Hold;
import dev.sluice.producer.report.RouteStatus.Limit;
import dev.sluice.producer.report.RouteStatus.Worker;
import dev.sluice.producer.status.UnfinishedTaskCounter;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes one route of what its workers say, who may disagree: numbers are added up, the longest hold
 * counts, and of each limit the newest knowledge.
 */
final class RouteStatusAggregator {
  /** So that a worker that has run for a month does not drown what a new one sees. */
  private static final long MOST_WEIGHT = 100;

  private static final String BY_HAND = "by_hand";

  private final RouteSettings settings;
  private final List<ReportedRoute> serving;
  private final OperatorOverride control;
  private final Instant now;

  private RouteStatusAggregator(
      RouteSettings settings, List<ReportedRoute> serving, OperatorOverride control, Instant now) {
    this.settings = settings;
    this.serving = serving;
    this.control = control;
    this.now = now;
  }

  /**
   * One route.
   *
   * @param serving the workers that are there
   * @param control what people want of it
   * @param tasks null while the database is away
   */
  static RouteStatus merge(
      RouteSettings settings,
      List<ReportedRoute> serving,
      OperatorOverride control,
      UnfinishedTaskCounter.@Nullable Count tasks,
      Instant now) {
    return new RouteStatusAggregator(settings, serving, control, now).view(tasks);
  }

  /** The hold that ends last; empty where nobody holds the route. */
  static Optional<Hold> hold(List<ReportedRoute> serving, Instant now) {
    return serving.stream()
        .map(RouteStatusAggregator::hold)
        .flatMap(Optional::stream)
        .filter(hold -> isOn(hold, now))
        .max(Comparator.comparing(hold -> Optional.ofNullable(hold.until()).orElse(Instant.MAX)));
  }

  /** What a person wants goes before all that the workers say. */
  private @Nullable Hold hold() {
    OperatorOverride.Hold byHand = control.hold();
    return byHand == null
        ? hold(serving, now).filter(hold -> !hold.kind().equals(BY_HAND)).orElse(null)
        : new Hold(BY_HAND, byHand.reason(), byHand.until(), false);
  }

  /** How many workers take tasks. */
  static long workers(List<ReportedRoute> serving) {
    return serving.stream().filter(one -> !one.stopping()).count();
  }

  private RouteStatus view(UnfinishedTaskCounter.@Nullable Count tasks) {
    Hold hold = hold();
    return new RouteStatus(
        settings.name(),
        settings.models(),
        host(settings.provider().url()),
        settings.concurrency(),
        settings.fleetConcurrency() == 0 ? null : settings.fleetConcurrency(),
        workers(serving),
        sum(RouteReport::running),
        sum(RouteReport::waiting),
        tasks == null ? null : tasks.queued(),
        tasks == null ? null : tasks.inBroker(),
        waitsFor(hold, tasks),
        hold,
        limits(),
        serving.stream().max(ReportedRoute.BY_AGE).map(one -> one.report().keptIn()).orElse(null),
        sum(report -> report.calls().ended()),
        sum(report -> report.calls().throttled()),
        average(CallsReport::millis),
        average(CallsReport::tokens),
        average(CallsReport::inputTokens),
        average(CallsReport::outputTokens),
        control.limits(),
        serving.stream().map(this::worker).toList());
  }

  private long sum(ToLongFunction<RouteReport> number) {
    return serving.stream().map(ReportedRoute::report).mapToLong(number).sum();
  }

  /** Over the last calls of all workers; null where no worker knows. */
  private @Nullable Long average(ToDoubleFunction<CallsReport> number) {
    double sum = 0;
    long weights = 0;
    for (ReportedRoute one : serving) {
      CallsReport calls = one.report().calls();
      if (number.applyAsDouble(calls) > 0) {
        long weight = Math.clamp(calls.ended(), 1, MOST_WEIGHT);
        sum += number.applyAsDouble(calls) * weight;
        weights += weight;
      }
    }
    return weights == 0 ? null : Math.max(1, Math.round(sum / weights));
  }

  private @Nullable String waitsFor(
      @Nullable Hold hold, UnfinishedTaskCounter.@Nullable Count tasks) {
    if (hold != null) {
      return WaitReasons.held(hold, now);
    }
    Optional<String> told =
        serving.stream()
            .map(ReportedRoute::report)
            .filter(report -> report.waitsFor() != null)
            .max(Comparator.comparingInt(RouteReport::waiting))
            .map(report -> WaitReasons.words(Objects.requireNonNull(report.waitsFor())));
    return told.orElseGet(() -> tasks == null ? null : waitsForAWorker(tasks));
  }

  /** What keeps the tasks waiting that no worker has taken. */
  private @Nullable String waitsForAWorker(UnfinishedTaskCounter.Count tasks) {
    long waiting = tasks.queued() + tasks.inBroker();
    if (waiting > 0 && workers(serving) == 0) {
      return "a worker: none is there";
    }
    long most = sum(RouteReport::concurrency);
    long running = sum(RouteReport::running);
    return waiting > running && running >= most && most > 0
        ? "a free call: all %d are running".formatted(most)
        : null;
  }

  private Worker worker(ReportedRoute one) {
    RouteReport report = one.report();
    CallsReport calls = report.calls();
    Hold hold = hold(one).filter(still -> isOn(still, now)).orElse(null);
    String waitsFor = report.waitsFor();
    return new Worker(
        one.worker(),
        one.stopping(),
        report.running(),
        report.waiting(),
        hold != null
            ? WaitReasons.held(hold, now)
            : waitsFor == null ? null : WaitReasons.words(waitsFor),
        report.share(),
        calls.ended(),
        calls.throttled(),
        calls.millis() > 0 ? (Long) Math.round(calls.millis()) : null,
        calls.tokens() > 0 ? (Long) Math.round(calls.tokens()) : null);
  }

  private static Optional<Hold> hold(ReportedRoute one) {
    HoldReport hold = one.report().hold();
    return hold == null
        ? Optional.empty()
        : Optional.of(
            new Hold(
                hold.kind(),
                hold.reason(),
                hold.kind().equals(BY_HAND)
                    ? null
                    : one.at().plusMillis(hold.leftMillis()).truncatedTo(ChronoUnit.MILLIS),
                hold.probing()));
  }

  /** A rate limit ends by the clock, also before its worker says so; all else by a probe. */
  private static boolean isOn(Hold hold, Instant now) {
    Instant until = hold.until();
    return !hold.kind().equals("rate_limit")
        || hold.probing()
        || until == null
        || until.isAfter(now);
  }

  private List<Limit> limits() {
    Map<String, LimitReport> newest = new LinkedHashMap<>();
    for (ReportedRoute one : serving.stream().sorted(ReportedRoute.BY_AGE.reversed()).toList()) {
      for (LimitReport limit : one.report().limits()) {
        newest.merge(limit.what(), limit, (known, older) -> known.perMinute() > 0 ? known : older);
      }
    }
    if (newest.isEmpty()) {
      return limitsThatAreSet();
    }
    return newest.values().stream()
        .map(
            limit ->
                new Limit(
                    limit.what(),
                    known(limit.perMinute()),
                    limit.source(),
                    known(limit.pacePerMinute()),
                    limit.left()))
        .toList();
  }

  /** Before a worker has told any. */
  private List<Limit> limitsThatAreSet() {
    RouteSettings.Limits set = settings.limits();
    List<Limit> limits = new ArrayList<>();
    addSet(limits, "requests", set.requestsPerMinute());
    addSet(limits, "tokens", set.tokensPerMinute());
    addSet(limits, "input_tokens", set.inputTokensPerMinute());
    addSet(limits, "output_tokens", set.outputTokensPerMinute());
    return limits;
  }

  private static void addSet(List<Limit> limits, String what, long perMinute) {
    if (perMinute > 0) {
      limits.add(new Limit(what, perMinute, "set", null, null));
    }
  }

  private static @Nullable Long known(long number) {
    return number == 0 ? null : number;
  }

  /** Never the whole URL: some carry a key in their query or a login before the host. */
  private static String host(@Nullable URI url) {
    String host = Objects.requireNonNull(url).getHost();
    return url.getPort() < 0 ? host : host + ":" + url.getPort();
  }
}
