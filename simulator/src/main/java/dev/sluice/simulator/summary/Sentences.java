package dev.sluice.simulator.summary;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Splits paragraphs into sentences. */
final class Sentences {
  private static final Pattern ABBREVIATION =
      Pattern.compile(
          ".*(?:^|[\\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|approx|ca|e\\.g|i\\.e|etc|cf|Fig|Art|Inc"
              + "|Ltd|Co|bzw|z\\.\\s?B|d\\.\\s?h|u\\.\\s?a|usw|M|Mme|[A-Z]|\\d{1,2})\\.$");

  private Sentences() {}

  static List<String> of(String paragraph) {
    List<String> sentences = new ArrayList<>();
    BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    breaks.setText(paragraph);
    int start = breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
      String sentence = paragraph.substring(start, end).strip();
      if (end < paragraph.length() && ABBREVIATION.matcher(sentence).matches()) {
        continue;
      }
      if (!sentence.isEmpty()) {
        sentences.add(sentence);
      }
      start = end;
    }
    return sentences;
  }
}
