package dev.sluice.worker.limit;

import java.util.function.Function;

/**
 * A permit of one member of a route.
 *
 * @param onEnd ends the call
 */
record MemberPermit(String member, Function<CallFeedback, RouteHealth> onEnd) implements Permit {

  @Override
  public RouteHealth end(CallFeedback feedback) {
    return onEnd.apply(feedback);
  }
}
