package dev.sluice.bench.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.bench.analysis.RunAnalysis;
import dev.sluice.bench.analysis.RunAnalysis.Second;
import dev.sluice.bench.analysis.Unit;
import dev.sluice.bench.harness.GeneratedSection;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {
  private static final BenchmarkResult WITHIN_LIMIT = result("Sluice", 0, 0);
  private static final BenchmarkResult OVER_LIMIT = result("A & B", 40, 3);

  @Test
  void tableHasTheCaseTitleOnce() {
    assertThat(ResultTable.markdown(List.of(WITHIN_LIMIT, OVER_LIMIT)).lines().skip(2))
        .containsExactly(
            "| request-limited | Sluice | 0.990 requests | 0.950 | 0 | 0 | 0 | 0 | 0 | 30.5 s |",
            "|  | A & B | 0.990 requests | 0.950 | 40 | 40.0 % | 0 | 0 | 3 | stopped after 30.5 s |");
  }

  @Test
  void chartIsWellFormedAndShowsRejectionsInTheirSecond() throws Exception {
    byte[] svg = RunChart.svg(List.of(WITHIN_LIMIT, OVER_LIMIT)).getBytes(StandardCharsets.UTF_8);
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg));
    assertThat(picture.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(picture.getDocumentElement().getTextContent())
        .contains("request-limited", "Sluice", "A & B", "99.0 % · 40 · 3 lost");
    assertThat(new String(svg, StandardCharsets.UTF_8).split("class=\"rejected\""))
        .as("one in the legend, one in the second with rejections")
        .hasSize(3);
  }

  @Test
  void generatedSectionLeavesTheOtherTextUnchanged(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("page.md");
    Files.writeString(
        file, "before\n<!-- generated: x -->\nold\n<!-- end of generated: x -->\nafter\n");
    GeneratedSection page = new GeneratedSection(file, "x");
    page.write("new\n");
    page.write("newer\n");
    assertThat(file)
        .hasContent("before\n<!-- generated: x -->\nnewer\n<!-- end of generated: x -->\nafter\n");
    assertThatThrownBy(() -> new GeneratedSection(file, "y").write("lost"))
        .hasMessageContaining("generated: y");
  }

  @Test
  void repeatedCaseReplacesItsResult(@TempDir Path folder) {
    BenchmarkResults results = BenchmarkResults.in(folder.resolve("kept"));
    results.save(OVER_LIMIT);
    results.save(WITHIN_LIMIT);
    results.save(OVER_LIMIT);
    assertThat(results.of(List.of("rpm", "other"), List.of("Sluice", "A & B")))
        .containsExactly(WITHIN_LIMIT, OVER_LIMIT);
  }

  private static BenchmarkResult result(String system, int rejected, int lost) {
    List<Second> seconds = List.of(new Second(20, 20, 0), new Second(20, 19, rejected));
    RunAnalysis runAnalysis =
        new RunAnalysis(
            Unit.REQUESTS, 0.99, 0.95, 100, rejected, 0, Duration.ZERO, 0, 0, 0, seconds);
    return new BenchmarkResult(
        "rpm",
        "request-limited",
        system,
        Instant.parse("2026-11-25T12:00:00Z"),
        100,
        100 - lost,
        0,
        Duration.ofMillis(30_500),
        runAnalysis);
  }
}
