package dev.sluice.cli.batch;

import java.util.Arrays;
import java.util.BitSet;

/** Selects requests that are spread evenly over the sizes. */
final class Sample {
  private Sample() {}

  /**
   * The positions of the selected requests.
   *
   * @param sizes sizes in bytes, below 2 GiB
   * @param size at least 1 and less than the number of requests
   */
  static BitSet of(long[] sizes, int size) {
    long[] bySize = new long[sizes.length];
    for (int at = 0; at < sizes.length; at++) {
      bySize[at] = sizes[at] << Integer.SIZE | at;
    }
    Arrays.sort(bySize);
    BitSet selected = new BitSet(sizes.length);
    for (int i = 0; i < size; i++) {
      int at = size == 1 ? bySize.length / 2 : (int) ((long) i * (bySize.length - 1) / (size - 1));
      selected.set((int) bySize[at]);
    }
    return selected;
  }
}
