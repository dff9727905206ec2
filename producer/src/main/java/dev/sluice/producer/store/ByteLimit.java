package dev.sluice.producer.store;

import java.util.List;
import java.util.function.ToLongFunction;

/** Limits how many bytes of content one query reads, given the sizes from the query before. */
public final class ByteLimit {
  private ByteLimit() {}

  /**
   * The first of the rows, with at most this number of bytes together; always one, unless there are
   * no rows.
   */
  public static <T> List<T> first(List<T> rows, ToLongFunction<T> size, long maxBytes) {
    int count = 0;
    long bytes = 0;
    while (count < rows.size()) {
      bytes += size.applyAsLong(rows.get(count));
      if (count > 0 && bytes > maxBytes) {
        break;
      }
      count++;
    }
    return rows.subList(0, count);
  }
}
