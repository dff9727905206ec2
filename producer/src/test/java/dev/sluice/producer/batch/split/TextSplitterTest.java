package dev.sluice.producer.batch.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.batch.TextTokens;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextSplitterTest {
  private static final int MAX = 250;
  private static final int OVERLAP = 12;

  static List<String> texts() {
    return List.of(
        sentences(2_000),
        "# One\n\n" + sentences(300) + "\n\n# Two\n\n" + sentences(300),
        "律令格式之书".repeat(2_000),
        "x".repeat(20_000),
        "\uD83D\uDE00".repeat(3_000),
        "\n".repeat(5_000),
        "word ".repeat(9_000));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void partsWithoutTheirOverlapsAreTheText(String text) {
    List<TextSplitter.Part> parts = TextSplitter.split(text, MAX, OVERLAP);
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(
            parts.stream()
                .map(part -> text.substring(part.start(), part.end()))
                .collect(Collectors.joining()))
        .isEqualTo(text);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void eachPartFitsAndDividesNoCharacter(String text) {
    assertThat(TextSplitter.split(text, MAX, OVERLAP))
        .allSatisfy(
            part -> {
              String content = text.substring(part.from(), part.end());
              assertThat(TextTokens.of(content)).isLessThanOrEqualTo(MAX);
              assertThat(Character.isLowSurrogate(content.charAt(0))).isFalse();
              assertThat(Character.isHighSurrogate(content.charAt(content.length() - 1))).isFalse();
            });
  }

  @ParameterizedTest
  @MethodSource("texts")
  void eachPartBeginsWithTheEndOfTheOneBefore(String text) {
    List<TextSplitter.Part> parts = TextSplitter.split(text, MAX, OVERLAP);
    assertThat(parts.getFirst().from()).isZero();
    assertThat(parts.subList(1, parts.size()))
        .allSatisfy(
            part -> {
              long overlap = TextTokens.of(text.substring(part.from(), part.start()));
              assertThat(overlap).isBetween(1L, (long) OVERLAP + 1);
            });
  }

  @Test
  void shortTextIsOnePart() {
    assertThat(TextSplitter.split("Short.", MAX, OVERLAP))
        .containsExactly(new TextSplitter.Part(0, 0, 6));
  }

  @Test
  void headingBeginsAPart() {
    String text = sentences(20) + "\n\n## Results\n" + sentences(12) + "\n\n" + sentences(30);
    assertThat(TextSplitter.split(text, MAX, OVERLAP))
        .anySatisfy(part -> assertThat(text.substring(part.start())).startsWith("## Results"));
  }

  @Test
  void pageBeginsAPartIfThereIsNoHeading() {
    String text =
        IntStream.rangeClosed(1, 9)
            .mapToObj(page -> "[p. %d]\n%s\n".formatted(page, sentences(18)))
            .collect(Collectors.joining());
    List<TextSplitter.Part> parts = TextSplitter.split(text, MAX, OVERLAP);
    assertThat(parts)
        .allSatisfy(part -> assertThat(text.substring(part.start())).startsWith("[p. "));
    PageRange pages = new PageRange(text);
    assertThat(parts).extracting(pages::of).startsWith("p. 1").endsWith("p. 9");
  }

  @Test
  void sentencesStayWhole() {
    String text = sentences(400).replace("\n", " ");
    List<TextSplitter.Part> parts = TextSplitter.split(text, MAX, OVERLAP);
    assertThat(parts.subList(0, parts.size() - 1))
        .allSatisfy(part -> assertThat(text.substring(0, part.end())).endsWith(". "));
  }

  @Test
  void partThatBeginsWithinAPageNamesThatPage() {
    String text = "[p. 4]\n" + sentences(30) + "\n[p. 5]\n" + sentences(3) + "\n[p. 6]\nEnd.";
    PageRange pages = new PageRange(text);
    int middle = text.indexOf("Sentence 20");
    assertThat(pages.of(new TextSplitter.Part(middle, middle, text.length()))).isEqualTo("p. 4-6");
    assertThat(pages.of(new TextSplitter.Part(0, 0, middle))).isEqualTo("p. 4");
    assertThat(pages.of(new TextSplitter.Part(middle, middle, middle + 20))).isEqualTo("p. 4");
    assertThat(new PageRange("No pages.").of(new TextSplitter.Part(0, 0, 9))).isEmpty();
  }

  private static String sentences(int count) {
    return IntStream.range(0, count)
        .mapToObj("Sentence %d has some words in it."::formatted)
        .collect(Collectors.joining(" "));
  }
}
