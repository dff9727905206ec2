package dev.sluice.worker.limit;

/** The right to send one call, with its reserved cost. It must be ended exactly once. */
public interface Permit {

  /** Ends the call, reconciles its reserved cost with its usage, and returns the route's health. */
  RouteHealth end(CallFeedback feedback);

  /** Returns the name of the member that must be called; empty for a route's only member. */
  default String member() {
    return "";
  }
}
