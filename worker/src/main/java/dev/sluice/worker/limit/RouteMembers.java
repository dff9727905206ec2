package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The members of a route, in the order of the settings.
 *
 * <p>Guarded by the limiter's lock.
 */
final class RouteMembers {
  private final List<MemberLimiter> members;

  private RouteMembers(List<MemberLimiter> members) {
    this.members = List.copyOf(members);
  }

  /**
   * @param buckets creates the buckets of an account, by its qualified name
   * @param lock the limiter's lock
   */
  static RouteMembers of(
      RouteSettings route,
      Function<String, Buckets> buckets,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      NanoClock clock,
      LimiterLock lock) {
    Map<String, AccountLimiter> accounts = new LinkedHashMap<>();
    Map<String, List<MemberLimiter>> ofAccounts = new LinkedHashMap<>();
    List<MemberLimiter> all = new ArrayList<>();
    for (RouteMember member : route.allMembers()) {
      RouteSettings settings = route.of(member);
      String account = member.qualifiedAccount(route.name());
      AccountLimiter limits =
          accounts.computeIfAbsent(
              account,
              name ->
                  new AccountLimiter(
                      buckets.apply(name),
                      AccountRates.of(settings, clock.nanos()),
                      clock.nanos()));
      PeerWorkers peers = peerWorkers.ofMember(member.qualifiedName(route.name()));
      MemberLimiter limiter =
          new MemberLimiter(settings, member, limits, peers, random, clock, lock);
      ofAccounts.computeIfAbsent(account, name -> new ArrayList<>()).add(limiter);
      all.add(limiter);
    }
    ofAccounts.values().forEach(MemberLimiter::join);
    return new RouteMembers(all);
  }

  /** Returns the members that may grant a permit, in the order of preference. */
  List<MemberLimiter> inOrder(CallOrigin origin, MemberSelection selection) {
    if (members.size() == 1) {
      return members;
    }
    List<MemberLimiter> remaining =
        suitable(selection).filter(member -> !selection.refused().contains(member.name())).toList();
    Comparator<MemberLimiter> byOrder =
        Comparator.comparingInt(member -> member.settings().order());
    return (remaining.isEmpty() ? suitable(selection) : remaining.stream())
        .sorted(byOrder.thenComparingLong(member -> origin.prefix().distance(member.name())))
        .toList();
  }

  private Stream<MemberLimiter> suitable(MemberSelection selection) {
    return members.stream()
        .filter(member -> !selection.firstAccount() || member.account() == firstAccount());
  }

  /** The account of the first member with the lowest order. */
  private AccountLimiter firstAccount() {
    return members.stream()
        .min(Comparator.comparingInt(member -> member.settings().order()))
        .orElseThrow()
        .account();
  }

  MemberLimiter first() {
    return members.getFirst();
  }

  List<MemberLimiter> all() {
    return members;
  }

  /**
   * Performs an action for a member; for all if the name is empty, and for none if it is unknown.
   */
  void each(String name, Consumer<MemberLimiter> action) {
    members.stream().filter(member -> name.isEmpty() || member.name().equals(name)).forEach(action);
  }

  int running() {
    return members.stream().mapToInt(MemberLimiter::running).sum();
  }

  boolean limitsTokens(long now) {
    return members.stream().anyMatch(member -> member.state().limitsTokens(now));
  }

  /** Whether a member that has not refused the call may send it now, as far as holds allow. */
  boolean isOtherOpen(
      CallOrigin origin, MemberSelection selection, Collection<CallOrigin> waiting, long now) {
    return suitable(selection)
        .filter(member -> !selection.refused().contains(member.name()))
        .anyMatch(member -> holdOf(member, origin, waiting, now).isZero());
  }

  /** The health of the route after a call of a member: it is held only while all members are. */
  RouteHealth health(
      RouteHealth ofMember, CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    if (members.size() == 1 || ofMember.holdFor().isZero()) {
      return ofMember;
    }
    Duration earliest =
        members.stream()
            .map(member -> holdOf(member, origin, waiting, now))
            .min(Comparator.naturalOrder())
            .orElseThrow();
    return new RouteHealth(earliest, ofMember.outage());
  }

  private static Duration holdOf(
      MemberLimiter member, CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    return switch (member.state().holdState(origin, waiting, now)) {
      case HoldAdmission.Open open -> Duration.ZERO;
      case HoldAdmission.Probe probe -> Duration.ZERO;
      case HoldAdmission.Held held -> Duration.ofNanos(Math.max(1, held.until() - now));
      case HoldAdmission.SourceHeld held -> Duration.ofNanos(Math.max(1, held.until() - now));
    };
  }
}
