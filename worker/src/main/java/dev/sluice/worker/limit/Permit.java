package dev.sluice.worker.limit;

/** The right to make one call, with the tokens reserved for it. */
public interface Permit {

  /** The provider counted this many tokens: the difference is given back or charged. */
  void settle(long usedTokens);

  /** The call was not made: all that was reserved is given back. */
  void giveBack();
}
