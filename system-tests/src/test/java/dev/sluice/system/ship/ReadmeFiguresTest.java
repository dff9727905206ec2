package dev.sluice.system.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures in README.md are those of the pages that a benchmark writes. */
class ReadmeFiguresTest {
  private static final String README = ShippedFiles.text("README.md");
  private static final String PERFORMANCE = ShippedFiles.text("docs/performance.md");
  private static final String RELIABILITY = ShippedFiles.text("docs/reliability.md");

  /** Columns of the row of a system: utilisation, then 429s. */
  private static final String ROW = "\\| %s \\| [^|]+ \\| ([\\d.]+) \\| (\\d+) \\|";

  @ParameterizedTest
  @CsvSource({
    "request-limited, request-limited",
    "token-limited, token-limited",
    "provider halves the limits during the run, 'halved midway, without notice'"
  })
  void goodputIsThatOfTheBenchmark(String scenario, String benchmarkCase) {
    String rows = PERFORMANCE.substring(PERFORMANCE.indexOf("| " + benchmarkCase + " | Sluice |"));
    Matcher sluice = found(rows, ROW.formatted("Sluice"));
    Matcher bullMq = found(rows, ROW.formatted("BullMQ"));

    assertThat(README)
        .contains(
            "| %s | %s | %s | %s | %s |"
                .formatted(
                    scenario, sluice.group(1), sluice.group(2), bullMq.group(1), bullMq.group(2)));
  }

  @ParameterizedTest
  @CsvSource({"whole, takes %s ms longer than", "streamed, call takes %s ms longer to"})
  void latencyIsThatOfTheBenchmark(String reply, String sentence) {
    String row = "\\| " + reply + " \\| %s \\| ([\\d.]+) \\|";
    double direct = Double.parseDouble(found(PERFORMANCE, row.formatted("direct")).group(1));
    double through =
        Double.parseDouble(found(PERFORMANCE, row.formatted("through Sluice")).group(1));

    assertThat(README.replaceAll("\\s+", " "))
        .contains(sentence.formatted(String.format(Locale.ROOT, "%.1f", through - direct)));
  }

  @Test
  void faultsAreThoseOfTheLedger() {
    String faults = found(README, "- \\*\\*Faults\\.\\*\\*[\\s\\S]*?\\n- ").group();

    for (String name : List.of("submitted tasks", "paid twice")) {
      String number = found(RELIABILITY, "\\| " + name + " \\| ([\\d,]+) \\|").group(1);
      assertThat(faults).contains(number + (name.equals("paid twice") ? " calls" : " tasks"));
    }
    assertThat(found(RELIABILITY, "\\| missing \\| (\\d+) \\|").group(1)).isEqualTo("0");
  }

  private static Matcher found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher;
  }
}
