package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteStatus.Limit;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.RouteSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Merges the limits in the workers' reports on one route: the most recent of each wins. */
final class ReportedLimits {
  private ReportedLimits() {}

  /** Returns the reported limits, or those of the settings until a worker reports any. */
  static List<Limit> of(List<ReportedRoute> serving, RouteSettings settings) {
    Map<String, LimitReport> newest = new LinkedHashMap<>();
    for (ReportedRoute worker : serving.stream().sorted(ReportedRoute.BY_AGE.reversed()).toList()) {
      for (LimitReport limit : worker.report().limits()) {
        newest.merge(limit.limit(), limit, (newer, older) -> newer.perMinute() > 0 ? newer : older);
      }
    }
    return newest.isEmpty()
        ? configured(settings)
        : newest.values().stream().map(ReportedLimits::limit).toList();
  }

  private static Limit limit(LimitReport limit) {
    return new Limit(
        limit.limit(),
        nullIfZero(limit.perMinute()),
        limit.source(),
        nullIfZero(limit.targetPerMinute()),
        limit.remaining());
  }

  /** Each account of the route has the configured limits. */
  private static List<Limit> configured(RouteSettings settings) {
    RouteSettings.Limits limits = settings.limits();
    long accounts = settings.allMembers().stream().map(RouteMember::accountName).distinct().count();
    return Stream.of(
            configured("requests", accounts * limits.requestsPerMinute()),
            configured("tokens", accounts * limits.tokensPerMinute()),
            configured("input_tokens", accounts * limits.inputTokensPerMinute()),
            configured("output_tokens", accounts * limits.outputTokensPerMinute()))
        .filter(limit -> limit.perMinute() != null)
        .toList();
  }

  private static Limit configured(String name, long perMinute) {
    return new Limit(name, nullIfZero(perMinute), "configured", null, null);
  }

  private static @Nullable Long nullIfZero(long number) {
    return number == 0 ? null : number;
  }
}
