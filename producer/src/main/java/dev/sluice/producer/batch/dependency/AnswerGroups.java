package dev.sluice.producer.batch.dependency;

import dev.sluice.api.batch.TextTokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides answers into the fewest groups of consecutive answers that fit into one request each, and
 * makes these groups as even as possible: so the last one is not a single answer beside full
 * groups.
 *
 * <p>Sizes are in quarters of a token.
 */
final class AnswerGroups {
  private static final int QUARTERS = 4;

  private final List<PartAnswer> answers;
  private final long separator;

  /** The sizes of the first answers together, without separators. */
  private final long[] sums;

  /** The end of the longest group that begins with an answer. */
  private final int[] ends;

  /** The number of groups that an answer and those after it need. */
  private final int[] needed;

  private AnswerGroups(List<PartAnswer> answers, String separator, long max) {
    int count = answers.size();
    this.answers = answers;
    this.separator = TextTokens.quarters(separator);
    this.sums = new long[count + 1];
    this.ends = new int[count];
    this.needed = new int[count + 1];
    for (int at = 0; at < count; at++) {
      sums[at + 1] = sums[at] + TextTokens.quarters(answers.get(at).paragraph());
    }
    int end = count;
    for (int start = count - 1; start >= 0; start--) {
      while (end > start + 1 && size(start, end) > max) {
        end--;
      }
      ends[start] = end;
      needed[start] = 1 + needed[end];
    }
  }

  /**
   * The groups.
   *
   * @param separator what is between two answers in a request
   * @param maxTokens the most tokens of a group; no answer alone has more
   */
  static List<List<PartAnswer>> of(List<PartAnswer> answers, String separator, long maxTokens) {
    return new AnswerGroups(answers, separator, QUARTERS * maxTokens).groups();
  }

  private List<List<PartAnswer>> groups() {
    List<List<PartAnswer>> groups = new ArrayList<>();
    int start = 0;
    for (int left = needed[0]; left > 0; left--) {
      int end = end(start, left);
      groups.add(answers.subList(start, end));
      start = end;
    }
    return groups;
  }

  /** The end whose group is nearest to the average of the groups that are left. */
  private int end(int start, int left) {
    long average = size(start, answers.size()) / left;
    int end = start + 1;
    while (end < ends[start]
        && (needed[end] >= left || (size(start, end) + size(start, end + 1)) / 2 <= average)
        && answers.size() - end >= left) {
      end++;
    }
    return end;
  }

  private long size(int start, int end) {
    return sums[end] - sums[start] + separator * (end - start - 1);
  }
}
