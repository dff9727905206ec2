package dev.sluice.simulator.limit;

/**
 * The limits of a model, for each key.
 *
 * @param requests requests per minute; 0 for no limit
 * @param tokens tokens per minute; 0 for no limit
 */
public record PerMinute(long requests, long tokens) {
  /** Maximum limit; larger values could overflow the arithmetic. */
  public static final long MAX = 10_000_000_000L;

  public PerMinute {
    check("requests per minute", requests);
    check("tokens per minute", tokens);
  }

  private static void check(String unit, long value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException(
          "%d %s is not within 0-%d (0: no limit)".formatted(value, unit, MAX));
    }
  }
}
