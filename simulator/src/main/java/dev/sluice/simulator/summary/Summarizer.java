package dev.sluice.simulator.summary;

import dev.sluice.simulator.token.TokenEstimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Extractive summarizer: selects the two to four sentences with the most frequent words, in the
 * order of the text. Each selection reduces the weight of its words for the next one.
 */
public final class Summarizer {
  private static final Pattern INSTRUCTION =
      Pattern.compile(
          "(?i).*\\b(summari[sz]e|summary|tl;?dr|zusammenfass|fasse\\b.*\\bzusammen|r[ée]sume[rz]?)\\b.*");
  private static final String NO_TEXT = "There is no text to summarise.";

  private Summarizer() {}

  /**
   * Summarises a text.
   *
   * @param maxTokens approximate maximum length, in tokens, from 1
   */
  public static Summary summarize(String text, long maxTokens) {
    List<Sentence> sentences = sentences(text);
    if (sentences.isEmpty()) {
      String plain = text.strip().replaceAll("\\s+", " ");
      return truncate(plain.isEmpty() ? NO_TEXT : plain, Math.min(maxTokens, 60));
    }
    List<Sentence> selected = select(sentences, Math.clamp(2 + sentences.size() / 12, 2, 4));
    while (selected.size() > 1 && TokenEstimate.of(join(selected)) > maxTokens) {
      selected.removeLast();
    }
    return truncate(join(selected), maxTokens);
  }

  private static List<Sentence> sentences(String text) {
    List<Sentence> sentences = new ArrayList<>();
    List<String> paragraphs = Prose.paragraphs(text);
    for (int p = 0; p < paragraphs.size(); p++) {
      boolean startsParagraph = true;
      for (String sentence : Sentences.of(paragraphs.get(p))) {
        // The instruction is often the first paragraph of the text.
        boolean instruction =
            p == 0 && paragraphs.size() > 1 && INSTRUCTION.matcher(sentence).matches();
        if (!instruction) {
          sentences.add(Sentence.of(sentence, sentences.size(), startsParagraph));
          startsParagraph = false;
        }
      }
    }
    return sentences;
  }

  /** The sentences with the highest scores, best first. */
  private static List<Sentence> select(List<Sentence> sentences, int count) {
    Map<String, Double> weights = weights(sentences);
    List<Sentence> remaining = new ArrayList<>(sentences);
    List<Sentence> selected = new ArrayList<>();
    while (selected.size() < count && !remaining.isEmpty()) {
      Sentence best =
          remaining.stream()
              .max(
                  Comparator.comparingDouble(
                      sentence -> score(sentence, weights, sentences.size())))
              .orElseThrow();
      selected.add(best);
      remaining.remove(best);
      best.words().forEach(word -> weights.computeIfPresent(word, (w, weight) -> weight / 4));
    }
    return selected;
  }

  private static Map<String, Double> weights(List<Sentence> sentences) {
    Map<String, Double> weights = new HashMap<>();
    for (Sentence sentence : sentences) {
      sentence.words().forEach(word -> weights.merge(word, 1.0, Double::sum));
    }
    return weights;
  }

  private static double score(Sentence sentence, Map<String, Double> weights, int total) {
    int words = sentence.words().size();
    if (words == 0) {
      return 0;
    }
    double sum = sentence.words().stream().mapToDouble(w -> weights.getOrDefault(w, 0.0)).sum();
    double score = sum / Math.max(words, 8);
    if (sentence.index() == 0) {
      score *= 1.5;
    } else if (sentence.index() < total * 0.15) {
      score *= 1.15;
    }
    score *= sentence.startsParagraph() ? 1.1 : 1;
    score *= sentence.isQuestion() ? 0.6 : 1;
    score *= sentence.refersToPrevious() ? 0.75 : 1;
    return words > 30 ? score * 0.7 : score;
  }

  private static String join(List<Sentence> selected) {
    return selected.stream()
        .sorted(Comparator.comparingInt(Sentence::index))
        .map(Sentence::text)
        .collect(Collectors.joining(" "));
  }

  /** Truncates the text after a word; to one character if its first word is too long. */
  private static Summary truncate(String text, long maxTokens) {
    int fitting = TokenEstimate.prefixLength(text, maxTokens);
    if (fitting == text.length()) {
      return new Summary(text, false);
    }
    return new Summary(text.substring(0, Math.max(1, text.lastIndexOf(' ', fitting))), true);
  }
}
