package dev.sluice.documents.extractor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.documents.Extraction;
import dev.sluice.documents.Extraction.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextExtractorTest {
  private static final int MEBIBYTE = 1024 * 1024;

  private final TextExtractor extractor = new TextExtractor(64 * MEBIBYTE, 8 * MEBIBYTE);
  @TempDir private Path folder;

  private Extraction extract(String name, String content) throws IOException {
    return extractor.extract(Files.writeString(folder.resolve(name), content));
  }

  private static String text(Extraction extraction) {
    assertThat(extraction).isInstanceOf(Extraction.Text.class);
    return ((Extraction.Text) extraction).text();
  }

  private static void assertProblem(Extraction extraction, Kind kind, String message) {
    assertThat(extraction).isEqualTo(new Extraction.Problem(kind, message));
  }

  @Test
  void pagesOfPdfAreMarked() throws IOException {
    Path pdf = SampleFiles.pdf(folder.resolve("a.pdf"), "Ants build.", "Bees fly.");

    assertThat(extractor.extract(pdf))
        .isEqualTo(new Extraction.Text("[p. 1]\n\nAnts build.\n\n[p. 2]\n\nBees fly.", 2, 0));
  }

  @Test
  void scannedPagesOfPdfAreCounted() throws IOException {
    Path pdf = SampleFiles.pdf(folder.resolve("a.pdf"), "", "Bees fly.", "");

    assertThat(extractor.extract(pdf))
        .isEqualTo(new Extraction.Text("[p. 1]\n\n[p. 2]\n\nBees fly.\n\n[p. 3]", 3, 2));
  }

  @Test
  void pdfWithoutTextIsScanned() throws IOException {
    assertProblem(
        extractor.extract(SampleFiles.pdf(folder.resolve("a.pdf"), "", "")),
        Kind.SCANNED,
        "contains no text on its pages (2): if it is a scan, run OCR first, for example ocrmypdf");
  }

  @Test
  void passwordsAreNamed() throws IOException {
    String message = "is protected with a password: save it without the password";

    assertProblem(
        extractor.extract(SampleFiles.encryptedPdf(folder.resolve("a.pdf"), "user", "Ants.")),
        Kind.ENCRYPTED,
        message);
    assertProblem(
        extractor.extract(SampleFiles.encryptedDocx(folder.resolve("a.docx"))),
        Kind.ENCRYPTED,
        message);
  }

  @Test
  void pdfThatOnlyRestrictsEditingIsRead() throws IOException {
    Path pdf = SampleFiles.encryptedPdf(folder.resolve("a.pdf"), "", "Ants.");

    assertThat(text(extractor.extract(pdf))).isEqualTo("[p. 1]\n\nAnts.");
  }

  @Test
  void officeDocumentsAreRead() throws IOException {
    assertThat(
            text(extractor.extract(SampleFiles.docx(folder.resolve("a.docx"), "Ants.", "Bees ü."))))
        .isEqualTo("Ants.\nBees ü.");
    assertThat(
            text(
                extractor.extract(
                    SampleFiles.xlsx(folder.resolve("a.xlsx"), "Insects", "Ant", "Bee"))))
        .isEqualTo("Insects\n\tAnt\tBee");
    assertThat(text(extractor.extract(SampleFiles.odt(folder.resolve("a.odt"), "Ants."))))
        .isEqualTo("Ants.");
  }

  @Test
  void slidesAreNumberedInTheirOrder() throws IOException {
    Path pptx = SampleFiles.pptx(folder.resolve("a.pptx"), "Ants.", "Bees.");

    assertThat(text(extractor.extract(pptx)))
        .containsSubsequence(
            "[slide 1]\nAnts.", "Notes on Ants.", "[slide 2]\nBees.", "Notes on Bees.");
  }

  @Test
  void booksAreRead() throws IOException {
    assertThat(text(extractor.extract(SampleFiles.epub(folder.resolve("a.epub"), "Ants."))))
        .isEqualTo("Ants.");
  }

  @Test
  void htmlHasNoScriptsAndStyles() throws IOException {
    Extraction page =
        extract(
            "a.html",
            """
            <!DOCTYPE html><html><head><title>T</title><style>p{color:red}</style></head>
            <body><script>alert(1)</script><h1>Ants</h1><p>They <b>build</b>.</p><!-- no --></body></html>
            """);

    assertThat(text(page)).isEqualTo("Ants\nThey build.");
    assertThat(text(extract("b.htm", "<p>A fragment.</p>"))).isEqualTo("A fragment.");
  }

  @Test
  void rtfIsRead() throws IOException {
    assertThat(text(extract("a.rtf", "{\\rtf1\\ansi Ants \\b build\\b0.\\par Bees.\\par}")))
        .isEqualTo("Ants build.\nBees.");
  }

  @Test
  void mailHasHeadersAndNamesOfAttachments() throws IOException {
    Extraction mail =
        extract(
            "a.eml",
            """
            From: Ann <ann@example.org>
            To: Ben <ben@example.org>
            Subject: Ants
            Date: Mon, 2 Mar 2026 10:00:00 +0000
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="x"

            --x
            Content-Type: multipart/alternative; boundary="y"

            --y
            Content-Type: text/plain; charset=utf-8

            They build.
            --y
            Content-Type: text/html; charset=utf-8

            <p>They build.</p>
            --y--
            --x
            Content-Type: application/pdf
            Content-Disposition: attachment; filename="plan.pdf"

            %PDF-1.4
            --x--
            """);

    assertThat(text(mail))
        .isEqualTo(
            """
            From: Ann <ann@example.org>
            To: Ben <ben@example.org>
            Date: 2026-03-02T10:00:00Z
            Subject: Ants

            They build.

            [attachment, not read: plan.pdf]\
            """);
  }

  @Test
  void plainMailIsRead() throws IOException {
    assertThat(text(extract("a.eml", "From: a@example.org\nSubject: Ants\n\nThey build.\n")))
        .isEqualTo("From: a@example.org\nSubject: Ants\n\nThey build.");
  }

  @Test
  void emptyDocumentsAreNamed() throws IOException {
    assertProblem(extract("a.html", "<html><body></body></html>"), Kind.EMPTY, "contains no text");
    assertProblem(extract("a.pdf", ""), Kind.EMPTY, "is empty");
  }

  @Test
  void damagedAndMisnamedFilesAreNamed() throws IOException {
    byte[] random = new byte[10_000];
    new Random(1).nextBytes(random);
    Extraction noise = extractor.extract(Files.write(folder.resolve("a.pdf"), random));
    byte[] whole = Files.readAllBytes(SampleFiles.docx(folder.resolve("whole.docx"), "Ants."));
    byte[] half = Arrays.copyOf(whole, whole.length / 2);
    Extraction cut = extractor.extract(Files.write(folder.resolve("half.docx"), half));

    assertThat(noise).isInstanceOf(Extraction.Problem.class);
    assertThat(((Extraction.Problem) noise).message()).startsWith("cannot be parsed");
    assertThat(cut).isInstanceOf(Extraction.Problem.class);
    assertProblem(
        extract("page.pdf", "<!DOCTYPE html><html><body>Log in</body></html>"),
        Kind.FAILED,
        "has the extension of PDF, but contains HTML: check or rename it");
  }

  @Test
  void unsupportedFormatsAreNamed() throws IOException {
    assertProblem(
        extract("notes.pdf", "Plain text.\n"),
        Kind.UNSUPPORTED,
        "has the type text/plain, which is not supported: convert it to one of"
            + " PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, RTF, EML");
  }

  @Test
  void zipBombIsRejected() throws IOException {
    assertProblem(
        extractor.extract(
            SampleFiles.epub(folder.resolve("a.epub"), "<i>a</i> ".repeat(5 * MEBIBYTE / 9))),
        Kind.FAILED,
        "is rejected: it expands like a decompression bomb (zip bomb)");
  }

  @Test
  void externalEntitiesAreNotRead() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "SECRET");
    Path odt = SampleFiles.odt(folder.resolve("a.odt"), "Ants. &secret;").toAbsolutePath();
    Path xhtml =
        Files.writeString(
            folder.resolve("a.xhtml"),
            """
            <?xml version="1.0"?>
            <!DOCTYPE html [<!ENTITY secret SYSTEM "%s">]>
            <html xmlns="http://www.w3.org/1999/xhtml"><body>Ants. &secret;</body></html>
            """
                .formatted(secret.toUri()),
            UTF_8);

    assertThat(extractor.extract(odt).toString()).doesNotContain("SECRET");
    assertThat(text(extractor.extract(xhtml))).contains("Ants.").doesNotContain("SECRET");
  }

  @Test
  void limitsAreNamed() throws IOException {
    TextExtractor small = new TextExtractor(100, 10);
    Path large = Files.writeString(folder.resolve("a.html"), "<p>" + "a".repeat(200) + "</p>");

    assertProblem(
        small.extract(large),
        Kind.TOO_LARGE,
        "is too large (0.0 MiB; the maximum size of a document is 0 MiB)");
    assertProblem(
        new TextExtractor(MEBIBYTE, 100).extract(large),
        Kind.TOO_LARGE,
        "contains more than 0 MiB of text: split it");
  }
}
