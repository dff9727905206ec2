package dev.sluice.producer.why;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.fleet.RouteView;
import dev.sluice.producer.loop.LoopNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says why a batch or a task is not done yet, by what the limiters and the queues say. It looks at
 * nothing but what it is given.
 *
 * @param routes as they stand now, by name
 * @param shares of all batches that are not done
 * @param stalled the background loops that make no progress, and since how long
 */
public record Why(
    Map<String, RouteView> routes, List<ShareNow> shares, Map<String, Duration> stalled) {

  /** Why a batch is not done yet. */
  public Reason of(Batch batch) {
    return neededLoops(batch)
        .filter(stalled::containsKey)
        .findFirst()
        .map(this::stalled)
        .orElseGet(() -> byStatus(batch));
  }

  /** The loops without which the batch does not get on. */
  private Stream<String> neededLoops(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> Stream.of(LoopNames.VALIDATION);
      case CANCELLING -> Stream.of(LoopNames.TERMINATOR, LoopNames.COLLECTOR);
      case FINALIZING -> Stream.of(LoopNames.FINALIZER);
      case IN_PROGRESS ->
          Stream.concat(
              Stream.of(LoopNames.COLLECTOR),
              batch.times().paused() == null
                  ? shares.stream()
                      .filter(share -> isOf(share, batch) && share.left() > 0)
                      .map(share -> LoopNames.feed(share.route()))
                  : Stream.of());
      case FAILED, COMPLETED, EXPIRED, CANCELLED -> Stream.of();
    };
  }

  private Reason stalled(String loop) {
    return Reason.of(
        "stalled",
        "The producer's background loop '%s' has made no progress for %s. Its log says why; a restart is safe."
            .formatted(loop, Words.time(Objects.requireNonNull(stalled.get(loop)))));
  }

  private Reason byStatus(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> Reason.of("validating", "Its input file is being read.");
      case FAILED -> Reason.of("ended", "Nothing: its input file was refused.");
      case FINALIZING -> Reason.of("finalizing", "All tasks have ended; its files are being made.");
      case COMPLETED, EXPIRED, CANCELLED -> Reason.of("ended", "Nothing: it has ended.");
      case CANCELLING ->
          Reason.of(
              "cancelling", "It is being cancelled; the calls that run already come to their end.");
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
      return Reason.of("ended", "Nothing: it has ended.");
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
          "It is in the broker or with a worker of route "
              + route
              + (waits == null ? "." : ", which waits for " + waits + "."),
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
        "%s %s %s before it."
            .formatted(
                first.sentence(),
                Words.amount((double) before),
                before == 1 ? "task of its batch is" : "tasks of its batch are"),
        route,
        first.seconds() == null ? null : Duration.ofSeconds(first.seconds()));
  }

  private static Reason paused(Batch batch) {
    Instant since = Objects.requireNonNull(batch.times().paused());
    return switch (Objects.requireNonNullElse(batch.pausedBy(), "hand")) {
      case "budget" ->
          Reason.of(
              "budget",
              "Paused since %s: its budget of $%s is spent. Raise the budget and it goes on."
                  .formatted(Words.clock(since), Words.dollars(batch.budget())));
      case "project_budget" ->
          Reason.of(
              "budget",
              "Paused since %s: the budget of its project for this month is spent."
                  .formatted(Words.clock(since)));
      default ->
          Reason.of(
              "paused",
              "Paused by hand since %s, until it is resumed.".formatted(Words.clock(since)));
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
      return Reason.of("unknown", "Its last results are being stored.");
    }
    return reasons.getFirst();
  }

  private Reason inLine(ShareNow own) {
    RouteView route = routes.get(own.route());
    if (route == null) {
      return Reason.of(
          "worker",
          "Waiting for route %s, which is not in the settings any more.".formatted(own.route()),
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
          "Waiting for a worker of route %s: none is there.".formatted(own.route()),
          own.route(),
          null);
    }
    return Bound.of(route)
        .map(bound -> bounded(own, route, bound))
        .orElseGet(
            () ->
                Reason.of(
                    "unknown",
                    "Waiting for route %s: %s queued; how fast it goes is not known yet."
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
    long everybodys = all.stream().mapToLong(ShareNow::left).sum();
    String what =
        bound.what().equals("calls")
            ? "a free call of route %s: all %d run".formatted(route.name(), Bound.mostCalls(route))
            : bound.what().replace('_', ' ') + " of route " + route.name();
    String amount = Words.amount((double) everybodys * bound.perTask());
    String shared =
        sharing.isEmpty()
            ? ""
            : "; %s %s it"
                .formatted(
                    Words.otherBatches(sharing.size()), sharing.size() == 1 ? "shares" : "share");
    return Reason.of(
        bound.what(),
        "Waiting for %s%s %s queued at %s a minute, about %s%s."
            .formatted(
                what,
                bound.what().equals("calls") ? "," : ":",
                amount,
                Words.amount(bound.perMinute()),
                Words.time(left),
                shared),
        route.name(),
        left);
  }

  private static Reason held(RouteView route, RouteView.Hold hold) {
    Instant until = hold.until();
    String end =
        switch (hold.kind()) {
          case "by_hand" ->
              until == null ? "until somebody releases it" : "until " + Words.clock(until);
          case "rate_limit" -> "until " + (until == null ? "it is over" : Words.clock(until));
          default ->
              hold.probing() || until == null
                  ? "a probe is out"
                  : "the next probe goes out at " + Words.clock(until);
        };
    String reason =
        switch (hold.kind()) {
          case "by_hand" -> "held by hand (" + hold.reason() + ")";
          case "breaker" -> "at rest, its provider is out of order (" + hold.reason() + ")";
          case "rate_limit" -> "held by the provider's rate limit";
          default -> "held: " + hold.reason();
        };
    return Reason.of(
        "hold", "Route %s is %s; %s.".formatted(route.name(), reason, end), route.name(), null);
  }

  private static boolean isOf(ShareNow share, Batch batch) {
    return share.batch().equals(batch.id());
  }
}
