package dev.sluice.system.run;

import java.util.List;

/**
 * Text of a book. Each third repeats its own fact, so that an extractive summary of the third
 * contains it. No other words are repeated.
 */
public final class LongBook {
  /** The facts of the beginning, the middle and the end. */
  public static final List<String> FACTS =
      List.of(
          "Captain Aldous stored seven silver lanterns beneath northern harbour walls.",
          "Professor Bertrand measured strange magnetic currents inside glacier caves.",
          "Duchess Caroline finally sold every vineyard around the southern lake.");

  private static final int SENTENCES_BETWEEN_FACTS = 20;
  private static final int SENTENCES_OF_A_CHAPTER = 200;
  private static final int WORDS = 9;
  private static final int LETTERS = 26;

  private LongBook() {}

  /** A book of about this many characters. */
  public static String text(int size) {
    StringBuilder book = new StringBuilder();
    long word = 0;
    for (int sentence = 0; book.length() < size; sentence++) {
      if (sentence % SENTENCES_OF_A_CHAPTER == 0) {
        book.append("\n\n## Chapter %d\n\n".formatted(1 + sentence / SENTENCES_OF_A_CHAPTER));
      }
      if (sentence % SENTENCES_BETWEEN_FACTS == 0) {
        int third = (int) Math.min(2, 3L * book.length() / size);
        book.append(FACTS.get(third)).append(' ');
      }
      for (int i = 0; i < WORDS; i++) {
        book.append(i == 0 ? "The " : " ").append(unique(word++));
      }
      book.append(sentence % 10 == 9 ? ".\n\n" : ". ");
    }
    return book.toString();
  }

  private static String unique(long number) {
    StringBuilder word = new StringBuilder("w");
    for (long rest = number + LETTERS; rest > 0; rest /= LETTERS) {
      word.append((char) ('a' + rest % LETTERS));
    }
    return word.toString();
  }
}
