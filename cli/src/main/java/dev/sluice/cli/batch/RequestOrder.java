package dev.sluice.cli.batch;

/** Order of the requests in the input of a command. */
@FunctionalInterface
public interface RequestOrder {
  /** Position of a request that is not in the input. */
  int UNKNOWN = -1;

  /** Position from 0 of the request with this custom id, or {@link #UNKNOWN}. */
  int position(String customId);
}
