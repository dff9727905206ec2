package dev.sluice.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesIT {
  private static final Instant LIMIT = Instant.parse("2026-11-30T12:00:00Z");
  private static final Instant BEFORE = LIMIT.minusSeconds(1);

  @TempDir private Path folder;

  @Test
  void leftoversAreDeletedWithTheirContent() throws IOException {
    changed(Files.writeString(folder.resolve("sluice-document-1.pdf"), "a"), BEFORE);
    Path extractor = Files.createDirectory(folder.resolve("sluice-document-2"));
    Files.writeString(extractor.resolve("font.cache"), "a");
    changed(extractor, BEFORE);
    Path used = changed(Files.writeString(folder.resolve("sluice-document-3"), "a"), LIMIT);
    Path other = changed(Files.writeString(folder.resolve("sluice-x"), "a"), BEFORE);

    TemporaryFiles.deleteLeftovers(folder, LIMIT);

    assertThat(folder.toFile().listFiles())
        .containsExactlyInAnyOrder(used.toFile(), other.toFile());
  }

  @Test
  void missingFilesAreIgnored() {
    TemporaryFiles.delete(folder.resolve("missing"));
    TemporaryFiles.deleteLeftovers(folder.resolve("missing"), LIMIT);

    assertThat(folder).isEmptyDirectory();
  }

  private static Path changed(Path path, Instant time) throws IOException {
    return Files.setLastModifiedTime(path, FileTime.from(time));
  }
}
