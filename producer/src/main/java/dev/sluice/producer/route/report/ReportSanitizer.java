package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.common.fleet.RouteReport.TierReport;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.Routes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks and truncates reports. Any client that may publish to the broker can send one, so its
 * strings may be long or multi-line and its numbers implausible.
 */
@Component
class ReportSanitizer {
  private static final int MAX_NAME_LENGTH = 200;
  private static final int MAX_WORD_LENGTH = 40;
  private static final int MAX_REASON_LENGTH = 500;
  private static final int MAX_LIMITS = 8;
  private static final int MAX_SOURCES = 100;
  private static final int MAX_MODELS = 100;
  private static final int MAX_SOURCE_LENGTH = 400;
  private static final long MAX_COUNT = 1_000_000_000_000L;
  private static final long MAX_VALIDITY_MILLIS = Duration.ofMinutes(10).toMillis();

  private final Set<String> routes;

  ReportSanitizer(Routes routes) {
    this.routes = Set.copyOf(routes.names());
  }

  /** Returns the report with this producer's routes only; empty if a value is implausible. */
  Optional<WorkerReport> sanitize(WorkerReport report) {
    String name = singleLine(report.worker(), MAX_NAME_LENGTH);
    if (name.isEmpty() || report.validForMillis() < 1) {
      return Optional.empty();
    }
    Map<String, RouteReport> sanitized = new LinkedHashMap<>();
    for (RouteReport route : report.routes()) {
      if (!routes.contains(route.route())) {
        continue;
      }
      if (!isPlausible(route)) {
        return Optional.empty();
      }
      sanitized.putIfAbsent(route.route(), truncated(route));
    }
    long valid = Math.min(report.validForMillis(), MAX_VALIDITY_MILLIS);
    return Optional.of(
        new WorkerReport(name, valid, report.stopping(), List.copyOf(sanitized.values())));
  }

  private static boolean isPlausible(RouteReport route) {
    return LongStream.of(
                route.concurrency(),
                route.running(),
                route.waiting(),
                route.tier().recentCalls(),
                route.tier().recentRefusals())
            .allMatch(ReportSanitizer::isPlausible)
        && route.limitFraction() >= 0
        && route.limitFraction() <= 1
        && isPlausible(route.hold(), route.limits(), route.calls())
        && route.members().size() <= RouteMember.MAX_MEMBERS
        && route.members().stream().allMatch(ReportSanitizer::isPlausible);
  }

  private static boolean isPlausible(MemberReport member) {
    return isPlausible(member.running())
        && isPlausible(member.hold(), member.limits(), member.calls());
  }

  private static boolean isPlausible(
      @Nullable HoldReport hold, List<LimitReport> limits, CallsReport calls) {
    DoubleStream averages =
        DoubleStream.of(calls.millis(), calls.tokens(), calls.inputTokens(), calls.outputTokens());
    return isPlausible(calls.ended())
        && isPlausible(calls.throttled())
        && averages.allMatch(average -> average >= 0 && average <= MAX_COUNT)
        && (hold == null || hold.remainingMillis() <= MAX_COUNT)
        && limits.size() <= MAX_LIMITS
        && limits.stream().allMatch(ReportSanitizer::isPlausible);
  }

  private static boolean isPlausible(LimitReport limit) {
    Long remaining = limit.remaining();
    return isPlausible(limit.perMinute())
        && isPlausible(limit.targetPerMinute())
        && (remaining == null || isPlausible(Math.abs(remaining))); // may be below 0
  }

  private static boolean isPlausible(long count) {
    return count >= 0 && count <= MAX_COUNT;
  }

  private static RouteReport truncated(RouteReport route) {
    return new RouteReport(
        route.route(),
        route.concurrency(),
        route.running(),
        route.waiting(),
        singleLineOrNull(route.waitsFor()),
        hold(route.hold()),
        route.limits().stream().map(ReportSanitizer::limit).toList(),
        singleLine(route.limitStorage(), MAX_WORD_LENGTH),
        route.limitFraction(),
        route.calls(),
        tier(route.tier()),
        route.members().stream().map(ReportSanitizer::member).toList());
  }

  private static TierReport tier(TierReport tier) {
    return new TierReport(
        tier.recentCalls(),
        tier.recentRefusals(),
        tier.modelsWithoutFlex().stream()
            .limit(MAX_MODELS)
            .map(model -> singleLine(model, MAX_NAME_LENGTH))
            .toList(),
        tier.refusedBatches().stream()
            .limit(MAX_SOURCES)
            .map(batch -> singleLine(batch, MAX_SOURCE_LENGTH))
            .toList());
  }

  private static MemberReport member(MemberReport member) {
    return new MemberReport(
        singleLine(member.member(), MAX_NAME_LENGTH),
        singleLine(member.account(), MAX_NAME_LENGTH),
        member.running(),
        hold(member.hold()),
        member.limits().stream().map(ReportSanitizer::limit).toList(),
        member.calls());
  }

  private static @Nullable HoldReport hold(@Nullable HoldReport hold) {
    return hold == null
        ? null
        : new HoldReport(
            singleLine(hold.kind(), MAX_WORD_LENGTH),
            singleLine(hold.reason(), MAX_REASON_LENGTH),
            Math.max(0, hold.remainingMillis()),
            hold.probing(),
            hold.sources().stream()
                .limit(MAX_SOURCES)
                .map(source -> singleLine(source, MAX_SOURCE_LENGTH))
                .toList(),
            hold.endsByProbe(),
            hold.partial());
  }

  private static LimitReport limit(LimitReport limit) {
    return new LimitReport(
        singleLine(limit.limit(), MAX_WORD_LENGTH),
        limit.perMinute(),
        singleLine(limit.source(), MAX_WORD_LENGTH),
        limit.targetPerMinute(),
        limit.remaining());
  }

  private static @Nullable String singleLineOrNull(@Nullable String text) {
    return text == null ? null : singleLine(text, MAX_WORD_LENGTH);
  }

  /** Replaces control characters, which could manipulate a terminal, and truncates. */
  private static String singleLine(String text, int maxLength) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
    return line.length() <= maxLength ? line : line.substring(0, maxLength - 1) + "…";
  }
}
