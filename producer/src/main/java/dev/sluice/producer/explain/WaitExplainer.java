package dev.sluice.producer.explain;

import dev.sluice.producer.batch.Batch;
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
 * Explains why a batch or a task is not finished, from a snapshot of routes and batches. Without
 * I/O.
 *
 * @param routes current status by route name
 * @param backlogs the unfinished batches of all projects
 */
public record WaitExplainer(Map<String, RouteStatus> routes, List<BatchBacklog> backlogs) {

  /** Explains why a batch is not finished. */
  public WaitReason of(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> WaitReason.of("validating", "The input file is being validated.");
      case FAILED -> WaitReason.of("ended", "Not waiting; the input file failed validation.");
      case FINALIZING ->
          WaitReason.of("finalizing", "All tasks have ended; the result files are being written.");
      case COMPLETED, EXPIRED, CANCELLED ->
          WaitReason.of("ended", "Not waiting; the batch has ended.");
      case CANCELLING ->
          WaitReason.of(
              "cancelling", "The batch is being cancelled; calls in flight are allowed to finish.");
      case IN_PROGRESS -> batch.times().paused() == null ? running(batch) : paused(batch);
    };
  }

  /**
   * Explains why a task is not finished.
   *
   * @param state the stored state
   * @param before tasks of its batch that are dispatched before it; used only if it is queued
   */
  public WaitReason ofTask(Batch batch, String route, String state, long before) {
    if (!state.equals("queued") && !state.equals("submitted")) {
      return WaitReason.of("ended", "Not waiting; the task has ended.");
    }
    WaitReason batchReason = of(batch);
    if (batchReason.route() == null) {
      return batchReason;
    }
    Optional<BatchBacklog> own =
        backlogs.stream()
            .filter(backlog -> isOf(backlog, batch) && backlog.route().equals(route))
            .findAny();
    if (state.equals("submitted") || own.isEmpty()) {
      RouteStatus status = routes.get(route);
      String waitsFor = status == null ? null : status.waitsFor();
      return WaitReason.of(
          batchReason.kind(),
          "The task is in the broker or with a worker of route "
              + route
              + (waitsFor == null ? "." : ", which waits for " + waitsFor + "."),
          route,
          null);
    }
    BatchBacklog backlog = own.get();
    BatchBacklog beforeTask =
        new BatchBacklog(
            backlog.batch(),
            route,
            before,
            backlog.inBroker(),
            backlog.priority(),
            backlog.running());
    WaitReason first = waitOnRoute(beforeTask);
    return WaitReason.of(
        first.kind(),
        "%s %s %s ahead of it."
            .formatted(
                first.sentence(),
                ReadableNumbers.amount((double) before),
                before == 1 ? "task of its batch is" : "tasks of its batch are"),
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
              "Paused manually since %s, until it is resumed."
                  .formatted(ReadableNumbers.clock(since)));
    };
  }

  /** The route that finishes last determines the reason. */
  private WaitReason running(Batch batch) {
    List<WaitReason> reasons =
        backlogs.stream()
            .filter(backlog -> isOf(backlog, batch) && backlog.unfinished() > 0)
            .map(this::waitOnRoute)
            .sorted(
                Comparator.comparing(
                    waitReason ->
                        waitReason.seconds() == null ? Long.MAX_VALUE : waitReason.seconds(),
                    Comparator.reverseOrder()))
            .toList();
    if (reasons.isEmpty()) {
      return WaitReason.of("unknown", "The last results are being stored.");
    }
    return reasons.getFirst();
  }

  private WaitReason waitOnRoute(BatchBacklog own) {
    RouteStatus route = routes.get(own.route());
    if (route == null) {
      return WaitReason.of(
          "no_worker",
          "Waiting for route %s, which is no longer in the settings.".formatted(own.route()),
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
          "Waiting for a worker of route %s: none connected.".formatted(own.route()),
          own.route(),
          null);
    }
    return BindingLimit.of(route)
        .map(bindingLimit -> limited(own, route, bindingLimit))
        .orElseGet(
            () ->
                WaitReason.of(
                    "unknown",
                    "Waiting for route %s: %s queued; the rate of the route is unknown yet."
                        .formatted(own.route(), ReadableNumbers.amount((double) own.unfinished())),
                    own.route(),
                    null));
  }

  private WaitReason limited(BatchBacklog own, RouteStatus route, BindingLimit bindingLimit) {
    List<BatchBacklog> sharing =
        backlogs.stream()
            .filter(backlog -> backlog.running() && backlog.unfinished() > 0)
            .filter(backlog -> backlog.route().equals(own.route()))
            .filter(backlog -> !backlog.batch().equals(own.batch()))
            .toList();
    List<BatchBacklog> all = new ArrayList<>(sharing);
    all.add(own);
    double minutes = FairShare.minutes(own, all, bindingLimit.tasksPerMinute());
    Duration remaining = Duration.ofMillis((long) Math.min(minutes * 60_000, 1e15));
    long unfinished = all.stream().mapToLong(BatchBacklog::unfinished).sum();
    String waitsFor =
        bindingLimit.isConcurrency()
            ? "concurrency of route %s: all %d calls are running"
                .formatted(route.name(), BindingLimit.maxCalls(route))
            : bindingLimit.limit().replace('_', ' ') + " of route " + route.name();
    String amount = ReadableNumbers.amount((double) unfinished * bindingLimit.perTask());
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
                waitsFor,
                bindingLimit.isConcurrency() ? "," : ":",
                amount,
                ReadableNumbers.amount(bindingLimit.perMinute()),
                ReadableNumbers.duration(remaining),
                shared),
        route.name(),
        remaining);
  }

  private static WaitReason held(RouteStatus route, RouteStatus.Hold hold) {
    Instant until = hold.until();
    String end =
        switch (hold.kind()) {
          case "manual" ->
              until == null ? "until it is released" : "until " + ReadableNumbers.clock(until);
          case "rate_limit" ->
              "until " + (until == null ? "it ends" : ReadableNumbers.clock(until));
          default ->
              hold.probing() || until == null
                  ? "a probe is in progress"
                  : "the next probe is at " + ReadableNumbers.clock(until);
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

  private static boolean isOf(BatchBacklog backlog, Batch batch) {
    return backlog.batch().equals(batch.id());
  }
}
