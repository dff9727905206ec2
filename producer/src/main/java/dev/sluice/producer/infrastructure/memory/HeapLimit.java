package dev.sluice.producer.infrastructure.memory;

/**
 * The part of the heap that one feature may fill with content such as messages or request bodies.
 *
 * @param bytes the maximum total size
 */
public record HeapLimit(long bytes) {

  /** One {@code divisor}th of this process's maximum heap. */
  public static HeapLimit fraction(int divisor) {
    return new HeapLimit(Runtime.getRuntime().maxMemory() / divisor);
  }

  /**
   * The number of items of the given maximum size that fit, from 1 to {@code max}.
   *
   * @param itemBytes the maximum size of one item, at least 1
   */
  public int items(long itemBytes, int max) {
    return Math.clamp(bytes / itemBytes, 1, max);
  }
}
