package dev.sluice.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.documents.extractor.SampleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged extractor process. */
class DocumentExtractorIT {
  private static final Path JAR = Path.of(System.getProperty("sluice.documents.jar", ""));

  @TempDir private Path folder;

  private static ExtractionLimits limits(Duration timeout, int heapMebibytes) {
    return new ExtractionLimits(timeout, heapMebibytes, 1L << 28, 1 << 23);
  }

  @Test
  void manyDocumentsAreReadByOneProcess() throws IOException {
    Path pdf = SampleFiles.pdf(folder.resolve("a.pdf"), "Ants.");
    Path docx = SampleFiles.docx(folder.resolve("b ü \n.docx"), "Bees.");
    try (DocumentExtractor extractor = new DocumentExtractor(JAR, ExtractionLimits.DEFAULT)) {
      assertThat(extractor.extract(pdf)).isEqualTo(new Extraction.Text("[p. 1]\n\nAnts.", 1, 0));
      long first = child();
      assertThat(extractor.extract(docx)).isEqualTo(new Extraction.Text("Bees.", 0, 0));
      assertThat(child()).isEqualTo(first);
      assertThat(extractor.extract(folder.resolve("missing.pdf")))
          .isInstanceOf(Extraction.Problem.class);
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void documentThatExhaustsTheMemoryEndsOnlyTheProcess() throws IOException {
    Path large = SampleFiles.zipBomb(folder.resolve("large.docx"), 300);
    Path small = Files.writeString(folder.resolve("small.html"), "<p>Ants.</p>");
    try (DocumentExtractor extractor =
        new DocumentExtractor(JAR, limits(Duration.ofSeconds(60), 48))) {
      assertThat(extractor.extract(large))
          .isEqualTo(
              new Extraction.Problem(
                  Extraction.Kind.FAILED,
                  "could not be read: its extraction needs more than 48 MiB of memory"));
      assertThat(extractor.extract(small)).isEqualTo(new Extraction.Text("Ants.", 0, 0));
    }
  }

  @Test
  void documentThatTakesTooLongEndsOnlyTheProcess() throws IOException {
    Path pdf = SampleFiles.pdf(folder.resolve("a.pdf"), "Ants.");
    try (DocumentExtractor extractor =
        new DocumentExtractor(JAR, limits(Duration.ofMillis(1), 64))) {
      assertThat(extractor.extract(pdf))
          .isEqualTo(
              new Extraction.Problem(
                  Extraction.Kind.FAILED,
                  "could not be read: its text was not extracted within 0 s"));
      assertThat(children()).isEmpty();
    }
  }

  @Test
  void extractorOfAKilledProcessEndsAndDeletesItsFiles() throws Exception {
    Path pdf = SampleFiles.pdf(folder.resolve("a.pdf"), "Ants.");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                JAR.toString(),
                pdf.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(parent.inputReader(UTF_8).readLine()).contains("Ants.");
    ProcessHandle extractor = parent.children().findFirst().orElseThrow();
    assertThat(temporary).isNotEmptyDirectory();

    parent.destroyForcibly();

    extractor.onExit().get(30, TimeUnit.SECONDS);
    assertThat(temporary).isEmptyDirectory();
  }

  /** Extracts one document, and waits to be killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws IOException {
      try (DocumentExtractor extractor =
          new DocumentExtractor(Path.of(arguments[0]), ExtractionLimits.DEFAULT)) {
        System.out.println(extractor.extract(Path.of(arguments[1])).toString().replace('\n', ' '));
        System.in.read();
      }
    }
  }

  @Test
  void missingJarIsNamed() {
    try (DocumentExtractor extractor =
        new DocumentExtractor(folder.resolve("no.jar"), ExtractionLimits.DEFAULT)) {
      assertThatExceptionOfType(ExtractorUnavailableException.class)
          .isThrownBy(() -> extractor.extract(folder.resolve("a.pdf")))
          .withMessage(
              "The document extractor %s does not exist or cannot be read."
                  .formatted(folder.resolve("no.jar")));
    }
  }

  private static Stream<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive);
  }

  private static long child() {
    return children().mapToLong(ProcessHandle::pid).sum();
  }
}
