package dev.sluice.producer.store;

/** The handling of an answer that the provider cut off at the token limit of the request. */
public enum CutOffPolicy {
  /** The task completes, and its result is marked. */
  KEEP,
  /** The task fails as {@code cut_off}. */
  FAIL
}
