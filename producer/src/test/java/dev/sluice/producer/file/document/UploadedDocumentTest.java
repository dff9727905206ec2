package dev.sluice.producer.file.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.producer.web.ApiException;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UploadedDocumentTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @Test
  void documentIsStoredUntilItIsClosed() throws Exception {
    UploadedDocument document =
        UploadedDocument.of("a.PDF", new ByteArrayInputStream(CONTENT), CONTENT.length, () -> 0);

    assertThat(document.file()).hasBinaryContent(CONTENT);
    assertThat(document.file().toString()).endsWith(".pdf");
    document.close();
    assertThat(Files.exists(document.file())).isFalse();
  }

  @Test
  void documentThatTakesMoreThanTwoMinutesIsRejected() {
    AtomicLong now = new AtomicLong();
    assertThatThrownBy(
            () ->
                UploadedDocument.of(
                    "a.pdf",
                    new ByteArrayInputStream(CONTENT),
                    CONTENT.length,
                    () -> now.getAndAdd(Duration.ofSeconds(121).toNanos())))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("did not arrive within 120 seconds");
  }
}
