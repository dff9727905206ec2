package dev.sluice.worker.limit;

/** The right to make one call, with what is reserved for it. To be ended once, whatever happens. */
public interface Permit {

  /** The call is over. What was reserved too much or too little is put right. */
  RouteHealth end(CallFeedback end);
}
