package dev.sluice.simulator.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.token.TokenEstimate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SummarizerTest {
  private static final String REPORT =
      """
      # Incident report

      Summarise the following report in three sentences.

      The pump at the **north lock** failed on Monday at 06:40. The night shift heard a noise.
      Water in the north lock fell by two metres before the pump was stopped.

      | when | what |
      |------|------|
      | 06:40 | The pump failed loudly in the table. |

      - The pump's bearing had run dry, see [the log](http://example.org/log).
      - ok

      ```
      pump.restart(); // The pump of the code. Not a sentence.
      ```

      Dr. Ahlers replaced the bearing of the pump on Tuesday. Was it old? There were no injuries.
      """;

  static List<Path> samples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "samples"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void summaryHasSentencesOfSampleInOrder(Path sample) throws IOException {
    String text = Files.readString(sample);
    String summary = Summarizer.summarize(text, 1000).text();
    List<String> all =
        Prose.paragraphs(text).stream().flatMap(p -> Sentences.of(p).stream()).toList();
    String remaining = summary;
    int found = 0;
    for (String sentence : all) {
      if (remaining.startsWith(sentence)) {
        remaining = remaining.substring(sentence.length()).strip();
        found++;
      }
    }
    assertThat(remaining).isEmpty();
    assertThat(found).isBetween(2, 4);
    assertThat(summary).hasSizeLessThan(text.length());
  }

  @Test
  void markupAndInstructionAreExcluded() {
    String summary = Summarizer.summarize(REPORT, 1000).text();
    assertThat(summary)
        .contains("The pump at the north lock failed on Monday at 06:40.")
        .doesNotContain("#", "*", "|", "Summarise", "(http", "restart", "Incident report");
  }

  @Test
  void abbreviationDoesNotEndSentence() {
    assertThat(Sentences.of("Dr. Ahlers replaced it, e.g. Tuesday. Was it old?"))
        .containsExactly("Dr. Ahlers replaced it, e.g. Tuesday.", "Was it old?");
  }

  @Test
  void summaryRespectsTokenLimit() {
    Summary summary = Summarizer.summarize(REPORT, 6);
    assertThat(TokenEstimate.of(summary.text())).isLessThanOrEqualTo(6);
    assertThat(summary.truncated()).isTrue();
    assertThat(summary.text()).isNotBlank();
  }

  @Test
  void textWithoutSentencesIsReturned() {
    assertThat(Summarizer.summarize("hello", 100).text()).isEqualTo("hello");
    assertThat(Summarizer.summarize("", 100).text()).isEqualTo("There is no text to summarise.");
    assertThat(Summarizer.summarize("# Only\n## headings\n", 100).text()).isNotBlank();
  }

  @Test
  void longTextWithoutSentencesIsTruncatedAfterAWord() {
    String text = "clock ".repeat(200_000);
    Summary summary = Summarizer.summarize(text, 9);
    assertThat(summary).isEqualTo(new Summary("clock ".repeat(6).strip(), true));
    assertThat(Summarizer.summarize(text, Long.MAX_VALUE).truncated()).isFalse();
    assertThat(Summarizer.summarize("ü".repeat(9), 4)).isEqualTo(new Summary("ü", true));
  }
}
