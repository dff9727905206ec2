package dev.sluice.producer.batch.output;

import dev.sluice.producer.file.Files;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.store.Batch;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** The metadata of a batch's result files, with the size of their generated content. */
@Component
class GeneratedFiles {
  private final Files files;
  private final BatchFiles content;

  GeneratedFiles(Files files, BatchFiles content) {
    this.files = files;
    this.content = content;
  }

  /**
   * The current size of the file in bytes, which the caller counts one range of lines at a time.
   */
  BatchFiles.Size size(Batch batch, StoredFile.Part part) {
    return content.size(batch.id().uuid(), part);
  }

  /** Creates a file, and returns its id. */
  String add(Batch batch, StoredFile.Part part, long bytes) {
    String filename = batch.id() + "_" + part.name().toLowerCase(Locale.ROOT) + ".jsonl";
    return files.addGenerated(
        batch.project(),
        batch.id().uuid(),
        part,
        filename,
        bytes,
        batch.definition().outputLifetime());
  }

  void resize(Batch batch, StoredFile.Part part, long bytes) {
    files.resizeGenerated(batch.id().uuid(), part, bytes);
  }

  /** Updates the size of the file, or creates it, and returns its id. */
  String resizeOrAdd(Batch batch, StoredFile.Part part, long bytes) {
    return files
        .resizeGenerated(batch.id().uuid(), part, bytes)
        .orElseGet(() -> add(batch, part, bytes));
  }
}
