package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitSource;
import dev.sluice.worker.limit.rate.LimitView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Merges the states of a route's members: the limits of their accounts are summed, and the route is
 * held only while all members are.
 */
final class MemberStatuses {
  private final Collection<CallOrigin> waiting;

  private MemberStatuses(Collection<CallOrigin> waiting) {
    this.waiting = waiting;
  }

  /**
   * @param waiting the origins of all waiting calls
   */
  static LimiterStatus merge(
      RouteMembers members,
      Collection<CallOrigin> waiting,
      @Nullable String waitsFor,
      double limitFraction,
      long now) {
    List<LimiterStatus.Member> all =
        members.all().stream().map(member -> member.status(now)).toList();
    MemberStatuses statuses = new MemberStatuses(waiting);
    List<LimiterStatus.Member> accounts = statuses.onePerAccount(all);
    return new LimiterStatus(
        members.running(),
        waiting.size(),
        waitsFor,
        hold(all),
        all.size() == 1 ? all.getFirst().limits() : statuses.limits(accounts),
        members.first().account().buckets().limitStorage(),
        limitFraction,
        calls(accounts),
        all.getFirst().name().isEmpty() ? List.of() : all);
  }

  /** Members of one account have the same limits; one that is not held represents them. */
  private List<LimiterStatus.Member> onePerAccount(List<LimiterStatus.Member> all) {
    Map<String, LimiterStatus.Member> accounts = new LinkedHashMap<>();
    for (LimiterStatus.Member member : all) {
      accounts.merge(member.account(), member, (one, other) -> admitsCalls(one) ? one : other);
    }
    return List.copyOf(accounts.values());
  }

  /** A short hold of a rate limit is a part of the rate. */
  private boolean admitsCalls(LimiterStatus.Member member) {
    LimiterStatus.Hold hold = member.hold();
    return hold == null
        || (isRateLimit(hold) && !hold.endsByProbe())
        || (hold.partial() && !isOfAllWaiting(hold));
  }

  private boolean isOfAllWaiting(LimiterStatus.Hold hold) {
    return !waiting.isEmpty()
        && waiting.stream().allMatch(call -> hold.sources().contains(call.source()));
  }

  private static boolean isRateLimit(LimiterStatus.Hold hold) {
    return hold.kind() == HoldKind.RATE_LIMIT;
  }

  /** The hold that ends first; a partial one if any member is held for some sources only. */
  private static LimiterStatus.@Nullable Hold hold(List<LimiterStatus.Member> members) {
    List<LimiterStatus.Hold> holds = new ArrayList<>();
    for (LimiterStatus.Member member : members) {
      LimiterStatus.Hold hold = member.hold();
      if (hold == null) {
        return null;
      }
      boolean isOfRoute = members.size() == 1 || hold.kind() == HoldKind.MANUAL;
      holds.add(isOfRoute ? hold : hold.ofMember(member.name()));
    }
    return holds.stream()
        .min(
            Comparator.comparing((LimiterStatus.Hold hold) -> !hold.partial())
                .thenComparing(LimiterStatus.Hold::remaining))
        .orElse(null);
  }

  /** What all members together admit: the sum of those that are not held, or else of all. */
  private List<LimitView> limits(List<LimiterStatus.Member> accounts) {
    boolean allHeld = accounts.stream().noneMatch(this::admitsCalls);
    Map<LimitKind, LimitView> sums = new EnumMap<>(LimitKind.class);
    accounts.stream()
        .filter(account -> allHeld || admitsCalls(account))
        .flatMap(account -> account.limits().stream())
        .forEach(limit -> sums.merge(limit.kind(), limit, MemberStatuses::sum));
    return List.copyOf(sums.values());
  }

  private static LimitView sum(LimitView one, LimitView other) {
    boolean isUnlimited = one.targetPerSecond() == 0 || other.targetPerSecond() == 0;
    return new LimitView(
        one.kind(),
        one.perSecond() + other.perSecond(),
        one.source() == LimitSource.UNKNOWN ? other.source() : one.source(),
        isUnlimited ? 0 : one.targetPerSecond() + other.targetPerSecond(),
        sum(one.remaining(), other.remaining()));
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    return one == null && other == null
        ? null
        : (Long) (Objects.requireNonNullElse(one, 0L) + Objects.requireNonNullElse(other, 0L));
  }

  private static LimiterStatus.Calls calls(Collection<LimiterStatus.Member> accounts) {
    List<LimiterStatus.Calls> calls = accounts.stream().map(LimiterStatus.Member::calls).toList();
    return calls.size() == 1
        ? calls.getFirst()
        : new LimiterStatus.Calls(
            calls.stream().mapToLong(LimiterStatus.Calls::ended).sum(),
            calls.stream().mapToLong(LimiterStatus.Calls::throttled).sum(),
            average(calls, LimiterStatus.Calls::seconds),
            average(calls, LimiterStatus.Calls::inputTokens),
            average(calls, LimiterStatus.Calls::outputTokens));
  }

  private static double average(
      List<LimiterStatus.Calls> calls, ToDoubleFunction<LimiterStatus.Calls> value) {
    double ended = calls.stream().mapToLong(LimiterStatus.Calls::ended).sum();
    return ended == 0
        ? 0
        : calls.stream().mapToDouble(one -> one.ended() * value.applyAsDouble(one)).sum() / ended;
  }
}
