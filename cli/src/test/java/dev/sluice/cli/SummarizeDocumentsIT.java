package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.terminal.TerminalSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Summarises documents whose text the packaged extractor process reads. */
class SummarizeDocumentsIT {
  private static final String JAR = System.getProperty("sluice.documents.jar", "");

  private FakeProducer producer;
  @TempDir private Path docs;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  private CommandRun summarize(String jar, String... options) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SLUICE_URL", producer.url());
    environment.put("SLUICE_API_KEY", FakeProducer.KEY);
    environment.put("SLUICE_DOCUMENTS_JAR", jar);
    List<String> arguments =
        new ArrayList<>(List.of("summarize", docs.toString(), "--model", "gpt-4o-mini"));
    arguments.addAll(List.of(options));
    return CommandRun.of(environment, TerminalSize.PIPE, arguments.toArray(String[]::new));
  }

  /** A PDF with one page per text; the parser rebuilds the missing table of offsets. */
  private void pdf(String name, String... pages) throws IOException {
    StringBuilder kids = new StringBuilder();
    StringBuilder objects = new StringBuilder();
    for (int i = 0; i < pages.length; i++) {
      int number = 10 + 2 * i;
      kids.append(number).append(" 0 R ");
      String content = "BT /F1 12 Tf 70 700 Td (%s) Tj ET".formatted(pages[i]);
      objects.append(
          """
          %d 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>> endobj
          %d 0 obj <</Length %d>> stream
          %s
          endstream endobj
          """
              .formatted(number, number + 1, number + 1, content.length(), content));
    }
    Files.writeString(
        docs.resolve(name),
        """
        %%PDF-1.4
        1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
        2 0 obj <</Type/Pages/Kids[%s]/Count %d>> endobj
        3 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
        %strailer <</Root 1 0 R>>
        %%%%EOF
        """
            .formatted(kids, pages.length, objects),
        ISO_8859_1);
  }

  @Test
  void textOfDocumentsIsSent() throws IOException {
    pdf("a.pdf", "Ants build.", "Bees fly.");
    Files.writeString(
        docs.resolve("b.html"), "<html><script>x()</script><body><h1>Cats</h1></body></html>");
    Files.writeString(docs.resolve("c.txt"), "Dogs.");

    CommandRun commandRun = summarize(JAR, "--no-wait");

    assertThat(commandRun.err()).startsWith("Extracting text from documents, starting with a.pdf.");
    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sentBatchFile().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains("\"content\":\"[p. 1]\\n\\nAnts build.\\n\\n[p. 2]\\n\\nBees fly.\""),
            line -> assertThat(line).contains("\"content\":\"Cats\""),
            line -> assertThat(line).contains("\"content\":\"Dogs.\""));
  }

  @Test
  void documentsWithoutTextAreListedAndNothingIsSent() throws IOException {
    pdf("a.pdf", "Ants build.", " ");
    pdf("b.pdf", " ");
    Files.writeString(docs.resolve("c.docx"), "PK\u0003\u0004 no archive", ISO_8859_1);
    Files.writeString(docs.resolve("d.txt"), " \n");

    CommandRun commandRun = summarize(JAR);

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Extracting text"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "a.pdf has 1 of 2 pages without text: pictures, or scans that need OCR"),
            line -> assertThat(line).startsWith("b.pdf contains no text on its pages (1)"),
            line -> assertThat(line).startsWith("c.docx "),
            line -> assertThat(line).isEqualTo("d.txt contains no text"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "Nothing was sent. Exclude these files with --skip-unreadable or --glob."));
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void documentsWithoutTextCanBeSkipped() throws IOException {
    pdf("a.pdf", "Ants build.");
    pdf("b.pdf", " ");

    CommandRun commandRun = summarize(JAR, "--skip-unreadable", "--no-wait");

    assertThat(commandRun.err()).contains("b.pdf contains no text", "Skipped 1 file.");
    assertThat(producer.sentBatchFile().lines()).hasSize(1);
  }

  @Test
  void missingExtractorIsNamed() throws IOException {
    pdf("a.pdf", "Ants.");

    assertThat(summarize("").err())
        .isEqualTo(
            "Cannot read a.pdf: set SLUICE_DOCUMENTS_JAR to the jar of the document extractor.\n");
    assertThat(summarize("/no/such.jar").err())
        .endsWith(
            "Cannot read a.pdf. The document extractor /no/such.jar does not exist or cannot be"
                + " read.\n");
    assertThat(producer.calls).isEmpty();
  }
}
