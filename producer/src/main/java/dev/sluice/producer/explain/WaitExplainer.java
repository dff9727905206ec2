package dev.sluice.producer.explain;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.loop.LoopNames;
import dev.sluice.producer.report.RouteStatus;
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
public record WaitExplainer(
    Map<String, RouteStatus> routes, List<BatchShare> shares, Map<String, Duration> stalled) {

  /** Why a batch is not done yet. */
  public WaitReason of(Batch batch) {
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

  private WaitReason stalled(String loop) {
    return WaitReason.of(
        "stalled",
        "The producer's background loop '%s' has made no progress for %s. Its log says why; a restart is safe."
            .formatted(loop, ReadableNumbers.time(Objects.requireNonNull(stalled.get(loop)))));
  }

  private WaitReason byStatus(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> WaitReason.of("validating", "Validating the input file.");
      case FAILED -> WaitReason.of("ended", "Not waiting; the input file has errors.");
      case FINALIZING ->
          WaitReason.of("finalizing", "All tasks have finished; writing the result files.");
      case COMPLETED, EXPIRED, CANCELLED ->
          WaitReason.of("ended", "Not waiting; the batch has ended.");
      case CANCELLING ->
          WaitReason.of("cancelling", "Cancelling; running calls finish, no new call starts.");
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
          "In the broker or with a worker of route "
              + route
              + (waits == null ? "." : ", which is limited by " + waits + "."),
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
        "%s %s of its batch %s ahead of it."
            .formatted(
                first.sentence(),
                before == 1 ? "1 task" : ReadableNumbers.amount((double) before) + " tasks",
                before == 1 ? "is" : "are"),
        route,
        first.seconds() == null ? null : Duration.ofSeconds(first.seconds()));
  }

  private static WaitReason paused(Batch batch) {
    Instant since = Objects.requireNonNull(batch.times().paused());
    return switch (Objects.requireNonNullElse(batch.pausedBy(), "manual")) {
      case "budget" ->
          WaitReason.of(
              "budget",
              "Paused since %s: the budget of $%s is spent. Raise the budget to resume."
                  .formatted(
                      ReadableNumbers.clock(since), ReadableNumbers.dollars(batch.budget())));
      case "project_budget" ->
          WaitReason.of(
              "budget",
              "Paused since %s: the project's budget for this month is spent."
                  .formatted(ReadableNumbers.clock(since)));
      default ->
          WaitReason.of(
              "paused",
              "Paused manually since %s. Resume it to continue."
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
      return WaitReason.of("unknown", "Storing the last results.");
    }
    return reasons.getFirst();
  }

  private WaitReason inLine(BatchShare own) {
    RouteStatus route = routes.get(own.route());
    if (route == null) {
      return WaitReason.of(
          "no_worker",
          "Route %s is no longer configured; its tasks wait until it is.".formatted(own.route()),
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
          "No workers connected for route %s; tasks wait until one starts.".formatted(own.route()),
          own.route(),
          null);
    }
    return BindingLimit.of(route)
        .map(bindingLimit -> bounded(own, route, bindingLimit))
        .orElseGet(
            () ->
                WaitReason.of(
                    "unknown",
                    "Route %s: %s queued; its throughput is not known yet."
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
    double queued = all.stream().mapToLong(BatchShare::left).sum() * bindingLimit.perTask();
    String sentence =
        "Limited by %s on route %s: %s queued, %s/min, about %s left%s."
            .formatted(
                limit(route, bindingLimit),
                route.name(),
                ReadableNumbers.amount(queued)
                    + (bindingLimit.what().endsWith("tokens") ? " tokens" : ""),
                ReadableNumbers.amount(bindingLimit.perMinute()),
                ReadableNumbers.time(left),
                sharing.isEmpty()
                    ? ""
                    : "; shared with " + ReadableNumbers.otherBatches(sharing.size()));
    return WaitReason.of(bindingLimit.kind(), sentence, route.name(), left);
  }

  private static String limit(RouteStatus route, BindingLimit bindingLimit) {
    return bindingLimit.what().equals("calls")
        ? "concurrency (%d calls running)".formatted(BindingLimit.mostCalls(route))
        : bindingLimit.what().replace('_', ' ') + "/min";
  }

  private static WaitReason held(RouteStatus route, RouteStatus.Hold hold) {
    Instant until = hold.until();
    String end =
        switch (hold.kind()) {
          case "manual" ->
              until == null ? "until it is released" : "until " + ReadableNumbers.clock(until);
          case "rate_limit" ->
              until == null
                  ? "until the rate limit resets"
                  : "until " + ReadableNumbers.clock(until);
          default ->
              hold.probing() || until == null
                  ? "a probe is running"
                  : "next probe at " + ReadableNumbers.clock(until);
        };
    String reason =
        switch (hold.kind()) {
          case "manual" -> "manual hold (" + hold.reason() + ")";
          case "breaker" -> "provider unavailable (" + hold.reason() + ")";
          case "rate_limit" -> "rate limited by the provider";
          default -> hold.reason();
        };
    return WaitReason.of(
        "hold",
        "Route %s is held: %s; %s.".formatted(route.name(), reason, end),
        route.name(),
        null);
  }

  private static boolean isOf(BatchShare share, Batch batch) {
    return share.batch().equals(batch.id());
  }
}
