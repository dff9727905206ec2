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
 * Picks the two to four sentences whose words are the most frequent of the text, each choice making
 * its own words count less for the next, and gives them in the order of the text.
 */
public final class Summarizer {
  private static final Pattern INSTRUCTION =
      Pattern.compile(
          "(?i).*\\b(summari[sz]e|summary|tl;?dr|zusammenfass|fasse\\b.*\\bzusammen|r[ée]sume[rz]?)\\b.*");
  private static final String NOTHING = "There is no text to summarise.";

  private Summarizer() {}

  /**
   * The summary of a prompt's text.
   *
   * @param mostTokens roughly the most tokens that it may have, from 1
   */
  public static Summary summarize(String text, long mostTokens) {
    List<Sentence> sentences = sentences(text);
    if (sentences.isEmpty()) {
      String plain = text.strip().replaceAll("\\s+", " ");
      return cut(plain.isEmpty() ? NOTHING : plain, Math.min(mostTokens, 60));
    }
    List<Sentence> chosen = choose(sentences, Math.clamp(2 + sentences.size() / 12, 2, 4));
    while (chosen.size() > 1 && TokenEstimate.of(joined(chosen)) > mostTokens) {
      chosen.removeLast();
    }
    return cut(joined(chosen), mostTokens);
  }

  private static List<Sentence> sentences(String text) {
    List<Sentence> sentences = new ArrayList<>();
    List<String> paragraphs = Prose.paragraphs(text);
    for (int p = 0; p < paragraphs.size(); p++) {
      boolean opens = true;
      for (String sentence : Sentences.of(paragraphs.get(p))) {
        // The task itself often stands in front of the text.
        boolean instruction =
            p == 0 && paragraphs.size() > 1 && INSTRUCTION.matcher(sentence).matches();
        if (!instruction) {
          sentences.add(Sentence.of(sentence, sentences.size(), opens));
          opens = false;
        }
      }
    }
    return sentences;
  }

  /** The best ones, best first. */
  private static List<Sentence> choose(List<Sentence> sentences, int count) {
    Map<String, Double> weights = weights(sentences);
    List<Sentence> left = new ArrayList<>(sentences);
    List<Sentence> chosen = new ArrayList<>();
    while (chosen.size() < count && !left.isEmpty()) {
      Sentence best =
          left.stream()
              .max(
                  Comparator.comparingDouble(
                      sentence -> score(sentence, weights, sentences.size())))
              .orElseThrow();
      chosen.add(best);
      left.remove(best);
      best.words().forEach(word -> weights.computeIfPresent(word, (w, weight) -> weight / 4));
    }
    return chosen;
  }

  private static Map<String, Double> weights(List<Sentence> sentences) {
    Map<String, Double> weights = new HashMap<>();
    for (Sentence sentence : sentences) {
      sentence.words().forEach(word -> weights.merge(word, 1.0, Double::sum));
    }
    return weights;
  }

  private static double score(Sentence sentence, Map<String, Double> weights, int of) {
    int words = sentence.words().size();
    if (words == 0) {
      return 0;
    }
    double sum = sentence.words().stream().mapToDouble(w -> weights.getOrDefault(w, 0.0)).sum();
    double score = sum / Math.max(words, 8);
    if (sentence.nth() == 0) {
      score *= 1.5;
    } else if (sentence.nth() < of * 0.15) {
      score *= 1.15;
    }
    score *= sentence.opensParagraph() ? 1.1 : 1;
    score *= sentence.question() ? 0.6 : 1;
    score *= sentence.leansOnAnother() ? 0.75 : 1;
    return words > 30 ? score * 0.7 : score;
  }

  private static String joined(List<Sentence> chosen) {
    return chosen.stream()
        .sorted(Comparator.comparingInt(Sentence::nth))
        .map(Sentence::text)
        .collect(Collectors.joining(" "));
  }

  private static Summary cut(String text, long mostTokens) {
    String shorter = text;
    while (TokenEstimate.of(shorter) > mostTokens) {
      int space = shorter.lastIndexOf(' ');
      shorter = space > 0 ? shorter.substring(0, space) : shorter.substring(0, 1);
      if (space <= 0) {
        break;
      }
    }
    return new Summary(shorter, shorter.length() < text.length());
  }
}
