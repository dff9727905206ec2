package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.api.route.RouteStatus.Member;
import dev.sluice.api.route.RouteStatus.Worker;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.route.override.OperatorOverride;
import dev.sluice.producer.store.UnfinishedTaskCounter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Merges the workers' reports into the status of a route: counters are summed, the longest hold
 * wins, and the most recent report of each limit wins.
 */
final class RouteStatusAggregator {
  /** Caps the weight of long-running workers in averages, so that new workers still count. */
  private static final long MAX_WEIGHT = 100;

  /** As in the workers, which use the producers' time above it. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  private static final String FLEET_CONCURRENCY = WaitReasons.readable("fleet_concurrency");

  private final RouteSettings settings;
  private final List<ReportedRoute> serving;
  private final OperatorOverride override;
  private final Instant now;

  private RouteStatusAggregator(
      RouteSettings settings, List<ReportedRoute> serving, OperatorOverride override, Instant now) {
    this.settings = settings;
    this.serving = serving;
    this.override = override;
    this.now = now;
  }

  /**
   * Merges the reports of one route.
   *
   * @param serving the latest report of each worker
   * @param override the operator's holds and limits
   * @param tasks null while the database is unavailable
   */
  static RouteStatus merge(
      RouteSettings settings,
      List<ReportedRoute> serving,
      OperatorOverride override,
      UnfinishedTaskCounter.@Nullable Count tasks,
      Instant now) {
    return new RouteStatusAggregator(settings, serving, override, now).status(tasks);
  }

  /** The operator's hold takes precedence over the workers' holds. */
  private @Nullable Hold hold() {
    OperatorOverride.Hold manual = override.hold();
    return manual == null
        ? ReportedHolds.last(serving, now)
            .filter(hold -> !hold.kind().equals(ReportedHolds.MANUAL))
            .orElse(null)
        : manual(manual);
  }

  /** Returns the number of workers that accept tasks. */
  static long workers(List<ReportedRoute> serving) {
    return serving.stream().filter(worker -> !worker.stopping()).count();
  }

  private RouteStatus status(UnfinishedTaskCounter.@Nullable Count tasks) {
    Hold hold = hold();
    String waitsFor = waitsFor(hold, tasks);
    RouteStatus status = status(hold, tasks, waitsFor);
    if (waitsFor == null) {
      return status(hold, tasks, limitOfWaitingTasks(status));
    }
    return waitsFor.equals(FLEET_CONCURRENCY)
        ? status(hold, tasks, BindingLimit.concurrency(status))
        : status;
  }

  private RouteStatus status(
      @Nullable Hold hold, UnfinishedTaskCounter.@Nullable Count tasks, @Nullable String waitsFor) {
    return new RouteStatus(
        settings.name(),
        settings.models(),
        hosts(),
        settings.concurrency(),
        settings.fleetConcurrency() == 0 ? null : settings.fleetConcurrency(),
        workers(serving),
        sum(RouteReport::running),
        sum(RouteReport::waiting),
        tasks == null ? null : tasks.queued(),
        tasks == null ? null : tasks.inBroker(),
        waitsFor,
        hold,
        ReportedLimits.of(serving, settings),
        serving.stream()
            .max(ReportedRoute.BY_AGE)
            .map(newest -> newest.report().limitStorage())
            .orElse(null),
        sum(report -> report.calls().ended()),
        sum(report -> report.calls().throttled()),
        average(CallsReport::millis),
        average(CallsReport::tokens),
        average(CallsReport::inputTokens),
        average(CallsReport::outputTokens),
        tier(),
        override.limits(),
        serving.stream().map(this::worker).toList(),
        settings.members().stream().map(this::member).toList());
  }

  /** Merges the reports on one member as those on a route that has only this member. */
  private Member member(RouteMember member) {
    RouteSettings only = settings.of(member);
    List<ReportedRoute> reports =
        serving.stream().flatMap(worker -> worker.ofMember(member.name()).stream()).toList();
    RouteStatusAggregator merged = new RouteStatusAggregator(only, reports, override, now);
    return new Member(
        member.name(),
        member.accountName(),
        host(only.provider().url()),
        member.order(),
        merged.sum(RouteReport::running),
        merged.hold(),
        ReportedLimits.of(reports, only),
        merged.sum(report -> report.calls().ended()),
        merged.sum(report -> report.calls().throttled()),
        merged.average(CallsReport::millis));
  }

  private String hosts() {
    return settings.allMembers().stream()
        .map(member -> host(settings.of(member).provider().url()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private RouteStatus.Tier tier() {
    return new RouteStatus.Tier(
        settings.tier().wireName(),
        sum(report -> report.tier().recentCalls()),
        sum(report -> report.tier().recentRefusals()),
        serving.stream()
            .flatMap(worker -> worker.report().tier().modelsWithoutFlex().stream())
            .distinct()
            .sorted()
            .toList());
  }

  private long sum(ToLongFunction<RouteReport> number) {
    return serving.stream().map(ReportedRoute::report).mapToLong(number).sum();
  }

  /** Averages over the recent calls of all workers; null before the first call. */
  private @Nullable Long average(ToDoubleFunction<CallsReport> number) {
    double sum = 0;
    long weights = 0;
    for (ReportedRoute worker : serving) {
      CallsReport calls = worker.report().calls();
      if (number.applyAsDouble(calls) > 0) {
        long weight = Math.clamp(calls.ended(), 1, MAX_WEIGHT);
        sum += number.applyAsDouble(calls) * weight;
        weights += weight;
      }
    }
    return weights == 0 ? null : Math.max(1, Math.round(sum / weights));
  }

  private @Nullable String waitsFor(
      @Nullable Hold hold, UnfinishedTaskCounter.@Nullable Count tasks) {
    if (hold != null && !hold.partial()) {
      return WaitReasons.describe(hold, now);
    }
    Optional<String> reported =
        serving.stream()
            .map(ReportedRoute::report)
            .filter(report -> report.waitsFor() != null)
            .max(Comparator.comparingInt(RouteReport::waiting))
            .map(report -> WaitReasons.readable(Objects.requireNonNull(report.waitsFor())));
    return reported.orElse(
        tasks != null && tasks.queued() + tasks.inBroker() > 0 && workers(serving) == 0
            ? "worker: none connected"
            : null);
  }

  /**
   * The limit that tasks in the broker wait for if no worker reports a waiting call: the same one
   * as in the sentences about batches. Otherwise the partial hold, if there is one. While no call
   * runs, the tasks are delayed, or of paused batches.
   */
  private @Nullable String limitOfWaitingTasks(RouteStatus status) {
    Long inBroker = status.inBroker();
    Optional<String> limit =
        inBroker == null || status.running() == 0 || inBroker <= status.running()
            ? Optional.empty()
            : BindingLimit.of(status).map(binding -> binding.waitsFor(status));
    Hold partial = status.hold();
    return limit.orElse(partial == null ? null : WaitReasons.describe(partial, now));
  }

  private Worker worker(ReportedRoute worker) {
    RouteReport report = worker.report();
    CallsReport calls = report.calls();
    Hold hold = ReportedHolds.of(worker, now).orElse(null);
    String waitsFor = report.waitsFor();
    return new Worker(
        worker.worker(),
        worker.stopping(),
        report.running(),
        report.waiting(),
        hold != null
            ? WaitReasons.describe(hold, now)
            : waitsFor == null ? null : WaitReasons.readable(waitsFor),
        report.limitFraction(),
        calls.ended(),
        calls.throttled(),
        calls.millis() > 0 ? (Long) Math.round(calls.millis()) : null,
        calls.tokens() > 0 ? (Long) Math.round(calls.tokens()) : null,
        worker.clockOffset().abs().compareTo(CLOCK_TOLERANCE) > 0
            ? worker.clockOffset().toSeconds()
            : null);
  }

  /** Omits the rest of the URL, because its query or user info may contain a secret. */
  private static String host(@Nullable URI url) {
    String host = Objects.requireNonNull(url).getHost();
    return url.getPort() < 0 ? host : host + ":" + url.getPort();
  }

  /** A hold of an operator. */
  private static Hold manual(OperatorOverride.Hold hold) {
    return new Hold(
        ReportedHolds.MANUAL,
        hold.reason(),
        hold.since(),
        hold.until(),
        /* probing= */ false,
        /* partial= */ false,
        List.of(),
        /* endsByProbe= */ false);
  }
}
