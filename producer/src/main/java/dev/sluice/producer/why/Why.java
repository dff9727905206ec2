package dev.sluice.producer.why;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.fleet.RouteView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Says why a batch or a task is not done yet, by what the limiters and the queues say. It looks at
 * nothing but what it is given.
 *
 * @param routes as they stand now, by name
 * @param shares of all batches that are not done
 */
public record Why(Map<String, RouteView> routes, List<ShareNow> shares) {

  /** Why a batch is not done yet. */
  public Reason of(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> Reason.of("validating", "Validating the input file.");
      case FAILED -> Reason.of("ended", "Not waiting; the input file has errors.");
      case FINALIZING ->
          Reason.of("finalizing", "All tasks have finished; writing the result files.");
      case COMPLETED, EXPIRED, CANCELLED -> Reason.of("ended", "Not waiting; the batch has ended.");
      case CANCELLING ->
          Reason.of("cancelling", "Cancelling; running calls finish, no new call starts.");
      case IN_PROGRESS -> batch.times().paused() == null ? running(batch) : paused(batch);
    };
  }

  /**
   * Why a task is not done yet.
   *
   * @param state as it is stored
   * @param before how many tasks of its batch are taken before it; for one that is queued
   */
  public Reason ofTask(Batch batch, String route, String state, long before) {
    if (!state.equals("queued") && !state.equals("submitted")) {
      return Reason.of("ended", "Not waiting; the task has ended.");
    }
    Reason reason = of(batch);
    if (reason.route() == null) {
      return reason;
    }
    Optional<ShareNow> own =
        shares.stream()
            .filter(share -> isOf(share, batch) && share.route().equals(route))
            .findAny();
    if (state.equals("submitted") || own.isEmpty()) {
      RouteView view = routes.get(route);
      String waits = view == null ? null : view.waitsFor();
      return Reason.of(
          reason.kind(),
          "In the broker or with a worker of route "
              + route
              + (waits == null ? "." : ", which is limited by " + waits + "."),
          route,
          null);
    }
    ShareNow share = own.get();
    ShareNow upToIt =
        new ShareNow(
            share.batch(), route, before, share.inBroker(), share.priority(), share.running());
    Reason first = inLine(upToIt);
    return Reason.of(
        first.kind(),
        "%s %s of its batch %s ahead of it."
            .formatted(
                first.sentence(),
                before == 1 ? "1 task" : Words.amount((double) before) + " tasks",
                before == 1 ? "is" : "are"),
        route,
        first.seconds() == null ? null : Duration.ofSeconds(first.seconds()));
  }

  private static Reason paused(Batch batch) {
    Instant since = Objects.requireNonNull(batch.times().paused());
    return switch (Objects.requireNonNullElse(batch.pausedBy(), "hand")) {
      case "budget" ->
          Reason.of(
              "budget",
              "Paused since %s: the budget of $%s is spent. Raise the budget to resume."
                  .formatted(Words.clock(since), Words.dollars(batch.budget())));
      case "project_budget" ->
          Reason.of(
              "budget",
              "Paused since %s: the project's budget for this month is spent."
                  .formatted(Words.clock(since)));
      default ->
          Reason.of(
              "paused",
              "Paused manually since %s. Resume it to continue.".formatted(Words.clock(since)));
    };
  }

  /** The route that is done last decides. */
  private Reason running(Batch batch) {
    List<Reason> reasons =
        shares.stream()
            .filter(share -> isOf(share, batch) && share.left() > 0)
            .map(this::inLine)
            .sorted(
                Comparator.comparing(
                    reason -> reason.seconds() == null ? Long.MAX_VALUE : reason.seconds(),
                    Comparator.reverseOrder()))
            .toList();
    if (reasons.isEmpty()) {
      return Reason.of("unknown", "Storing the last results.");
    }
    return reasons.getFirst();
  }

  private Reason inLine(ShareNow own) {
    RouteView route = routes.get(own.route());
    if (route == null) {
      return Reason.of(
          "worker",
          "Route %s is no longer configured; its tasks wait until it is.".formatted(own.route()),
          own.route(),
          null);
    }
    RouteView.Hold hold = route.hold();
    if (hold != null) {
      return held(route, hold);
    }
    if (route.workers() == 0) {
      return Reason.of(
          "worker",
          "No workers connected for route %s; tasks wait until one starts.".formatted(own.route()),
          own.route(),
          null);
    }
    return Bound.of(route)
        .map(bound -> bounded(own, route, bound))
        .orElseGet(
            () ->
                Reason.of(
                    "unknown",
                    "Route %s: %s queued; its throughput is not known yet."
                        .formatted(own.route(), Words.amount((double) own.left())),
                    own.route(),
                    null));
  }

  private Reason bounded(ShareNow own, RouteView route, Bound bound) {
    List<ShareNow> sharing =
        shares.stream()
            .filter(share -> share.running() && share.left() > 0)
            .filter(share -> share.route().equals(own.route()))
            .filter(share -> !share.batch().equals(own.batch()))
            .toList();
    List<ShareNow> all = new ArrayList<>(sharing);
    all.add(own);
    double minutes = FairShare.minutes(own, all, bound.tasksPerMinute());
    Duration left = Duration.ofMillis((long) Math.min(minutes * 60_000, 1e15));
    double queued = all.stream().mapToLong(ShareNow::left).sum() * bound.perTask();
    String sentence =
        "Limited by %s on route %s: %s queued, %s/min, about %s left%s."
            .formatted(
                limit(route, bound),
                route.name(),
                Words.amount(queued) + (bound.what().endsWith("tokens") ? " tokens" : ""),
                Words.amount(bound.perMinute()),
                Words.time(left),
                sharing.isEmpty() ? "" : "; shared with " + Words.otherBatches(sharing.size()));
    return Reason.of(bound.what(), sentence, route.name(), left);
  }

  private static String limit(RouteView route, Bound bound) {
    return bound.what().equals("calls")
        ? "concurrency (%d calls running)".formatted(Bound.mostCalls(route))
        : bound.what().replace('_', ' ') + "/min";
  }

  private static Reason held(RouteView route, RouteView.Hold hold) {
    Instant until = hold.until();
    String end =
        switch (hold.kind()) {
          case "by_hand" -> until == null ? "until it is released" : "until " + Words.clock(until);
          case "rate_limit" ->
              until == null ? "until the rate limit resets" : "until " + Words.clock(until);
          default ->
              hold.probing() || until == null
                  ? "a probe is running"
                  : "next probe at " + Words.clock(until);
        };
    String reason =
        switch (hold.kind()) {
          case "by_hand" -> "manual hold (" + hold.reason() + ")";
          case "breaker" -> "provider unavailable (" + hold.reason() + ")";
          case "rate_limit" -> "rate limited by the provider";
          default -> hold.reason();
        };
    return Reason.of(
        "hold",
        "Route %s is held: %s; %s.".formatted(route.name(), reason, end),
        route.name(),
        null);
  }

  private static boolean isOf(ShareNow share, Batch batch) {
    return share.batch().equals(batch.id());
  }
}
