package dev.sluice.producer.explain;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.PausedBy;
import dev.sluice.producer.report.RouteStatus;
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
public record WaitExplainer(Map<String, RouteStatus> routes, List<BatchShare> shares) {

  /** Why a batch is not done yet. */
  public WaitReason of(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> WaitReason.of("validating", "Its input file is being read.");
      case FAILED -> WaitReason.of("ended", "Not waiting; its input file failed validation.");
      case FINALIZING ->
          WaitReason.of("finalizing", "All tasks have ended; its files are being made.");
      case COMPLETED, EXPIRED, CANCELLED ->
          WaitReason.of("ended", "Not waiting; the batch has ended.");
      case CANCELLING ->
          WaitReason.of(
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
  public WaitReason ofTask(Batch batch, String route, String state, long before) {
    if (!state.equals("queued") && !state.equals("submitted")) {
      return WaitReason.of("ended", "Not waiting; the task has ended.");
    }
    WaitReason waitReason = of(batch);
    if (waitReason.route() == null) {
      return waitReason;
    }
    Optional<BatchShare> own =
        shares.stream()
            .filter(share -> isOf(share, batch) && share.route().equals(route))
            .findAny();
    if (state.equals("submitted") || own.isEmpty()) {
      RouteStatus view = routes.get(route);
      String waits = view == null ? null : view.waitsFor();
      return WaitReason.of(
          waitReason.kind(),
          "It is in the broker or with a worker of route "
              + route
              + (waits == null ? "." : ", which waits for " + waits + "."),
          route,
          null);
    }
    BatchShare share = own.get();
    BatchShare upToIt =
        new BatchShare(
            share.batch(), route, before, share.inBroker(), share.priority(), share.running());
    WaitReason first = inLine(upToIt);
    return WaitReason.of(
        first.kind(),
        "%s %s %s before it."
            .formatted(
                first.sentence(),
                ReadableNumbers.amount((double) before),
                before == 1 ? "task of its batch is" : "tasks of its batch are"),
        route,
        first.seconds() == null ? null : Duration.ofSeconds(first.seconds()));
  }

  private static WaitReason paused(Batch batch) {
    Instant since = Objects.requireNonNull(batch.times().paused());
    return switch (Objects.requireNonNullElse(batch.pausedBy(), PausedBy.MANUAL)) {
      case BUDGET ->
          WaitReason.of(
              "budget",
              "Paused since %s: its budget of $%s is spent. Raise the budget and it goes on."
                  .formatted(
                      ReadableNumbers.clock(since), ReadableNumbers.dollars(batch.budget())));
      case PROJECT_BUDGET ->
          WaitReason.of(
              "budget",
              "Paused since %s: the budget of its project for this month is spent."
                  .formatted(ReadableNumbers.clock(since)));
      case MANUAL ->
          WaitReason.of(
              "paused",
              "Paused manually since %s, until it is resumed."
                  .formatted(ReadableNumbers.clock(since)));
    };
  }

  /** The route that is done last decides. */
  private WaitReason running(Batch batch) {
    List<WaitReason> reasons =
        shares.stream()
            .filter(share -> isOf(share, batch) && share.left() > 0)
            .map(this::inLine)
            .sorted(
                Comparator.comparing(
                    waitReason ->
                        waitReason.seconds() == null ? Long.MAX_VALUE : waitReason.seconds(),
                    Comparator.reverseOrder()))
            .toList();
    if (reasons.isEmpty()) {
      return WaitReason.of("unknown", "Its last results are being stored.");
    }
    return reasons.getFirst();
  }

  private WaitReason inLine(BatchShare own) {
    RouteStatus route = routes.get(own.route());
    if (route == null) {
      return WaitReason.of(
          "no_worker",
          "Waiting for route %s, which is not in the settings any more.".formatted(own.route()),
          own.route(),
          null);
    }
    RouteStatus.Hold hold = route.hold();
    if (hold != null) {
      return held(route, hold);
    }
    if (route.workers() == 0) {
      return WaitReason.of(
          "no_worker",
          "Waiting for a worker of route %s: none is there.".formatted(own.route()),
          own.route(),
          null);
    }
    return BindingLimit.of(route)
        .map(bindingLimit -> bounded(own, route, bindingLimit))
        .orElseGet(
            () ->
                WaitReason.of(
                    "unknown",
                    "Waiting for route %s: %s queued; how fast it goes is not known yet."
                        .formatted(own.route(), ReadableNumbers.amount((double) own.left())),
                    own.route(),
                    null));
  }

  private WaitReason bounded(BatchShare own, RouteStatus route, BindingLimit bindingLimit) {
    List<BatchShare> sharing =
        shares.stream()
            .filter(share -> share.running() && share.left() > 0)
            .filter(share -> share.route().equals(own.route()))
            .filter(share -> !share.batch().equals(own.batch()))
            .toList();
    List<BatchShare> all = new ArrayList<>(sharing);
    all.add(own);
    double minutes = FairShare.minutes(own, all, bindingLimit.tasksPerMinute());
    Duration left = Duration.ofMillis((long) Math.min(minutes * 60_000, 1e15));
    long everybodys = all.stream().mapToLong(BatchShare::left).sum();
    String what =
        bindingLimit.what().equals("calls")
            ? "a free call of route %s: all %d run"
                .formatted(route.name(), BindingLimit.mostCalls(route))
            : bindingLimit.what().replace('_', ' ') + " of route " + route.name();
    String amount = ReadableNumbers.amount((double) everybodys * bindingLimit.perTask());
    String shared =
        sharing.isEmpty()
            ? ""
            : "; %s %s it"
                .formatted(
                    ReadableNumbers.otherBatches(sharing.size()),
                    sharing.size() == 1 ? "shares" : "share");
    return WaitReason.of(
        bindingLimit.kind(),
        "Waiting for %s%s %s queued at %s a minute, about %s%s."
            .formatted(
                what,
                bindingLimit.what().equals("calls") ? "," : ":",
                amount,
                ReadableNumbers.amount(bindingLimit.perMinute()),
                ReadableNumbers.time(left),
                shared),
        route.name(),
        left);
  }

  private static WaitReason held(RouteStatus route, RouteStatus.Hold hold) {
    Instant until = hold.until();
    String end =
        switch (hold.kind()) {
          case "manual" ->
              until == null ? "until it is released" : "until " + ReadableNumbers.clock(until);
          case "rate_limit" ->
              "until " + (until == null ? "it is over" : ReadableNumbers.clock(until));
          default ->
              hold.probing() || until == null
                  ? "a probe is in progress"
                  : "the next probe goes out at " + ReadableNumbers.clock(until);
        };
    String reason =
        switch (hold.kind()) {
          case "manual" -> "held manually (" + hold.reason() + ")";
          case "breaker" -> "held, its provider is failing (" + hold.reason() + ")";
          case "rate_limit" -> "held by the provider's rate limit";
          default -> "held: " + hold.reason();
        };
    return WaitReason.of(
        "hold", "Route %s is %s; %s.".formatted(route.name(), reason, end), route.name(), null);
  }

  private static boolean isOf(BatchShare share, Batch batch) {
    return share.batch().equals(batch.id());
  }
}
