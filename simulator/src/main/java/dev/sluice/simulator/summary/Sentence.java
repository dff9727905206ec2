package dev.sluice.simulator.summary;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A sentence and its position in the text.
 *
 * @param words the lower-case words without stop words
 * @param index position in the text, from 0
 * @param startsParagraph whether it is the first sentence of its paragraph
 */
record Sentence(String text, List<String> words, int index, boolean startsParagraph) {
  private static final Pattern WORD_SEPARATOR = Pattern.compile("[^\\p{L}\\p{N}'’]+");

  private static final Pattern REFERRING_WORD =
      Pattern.compile(
          "(?:This|That|These|Those|It|(?:H|Sh)e|They|But|And|So|Yet"
              + "|Then|However|Dies|Das|Aber|Er|Sie|Cela|Il|Elle|Mais)\\b");

  static Sentence of(String text, int index, boolean startsParagraph) {
    List<String> words =
        WORD_SEPARATOR
            .splitAsStream(text.toLowerCase(Locale.ROOT).replace('’', '\''))
            .filter(word -> word.length() > 2 && !StopWords.contains(word))
            .toList();
    return new Sentence(text, words, index, startsParagraph);
  }

  boolean isQuestion() {
    return text.endsWith("?");
  }

  /** Whether it starts with a word that refers to the previous sentence. */
  boolean refersToPrevious() {
    return REFERRING_WORD.matcher(text).lookingAt();
  }
}
