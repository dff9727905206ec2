package dev.sluice.simulator.summary;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A sentence and its place.
 *
 * @param words its words that say something, in small letters
 * @param nth its place in the text, from 0
 * @param opensParagraph whether it is the first of its paragraph
 */
record Sentence(String text, List<String> words, int nth, boolean opensParagraph) {
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}'’]+");

  private static final Pattern LEANING =
      Pattern.compile(
          "(?:This|That|These|Those|It|He|She|They|But|And|So|Yet"
              + "|Then|However|Dies|Das|Aber|Er|Sie|Cela|Il|Elle|Mais)\\b");

  static Sentence of(String text, int nth, boolean opensParagraph) {
    List<String> words =
        NO_WORD
            .splitAsStream(text.toLowerCase(Locale.ROOT).replace('’', '\''))
            .filter(word -> word.length() > 2 && !StopWords.contains(word))
            .toList();
    return new Sentence(text, words, nth, opensParagraph);
  }

  boolean question() {
    return text.endsWith("?");
  }

  /** A sentence that leans on the one before it is hard to read alone. */
  boolean leansOnAnother() {
    return LEANING.matcher(text).lookingAt();
  }
}
