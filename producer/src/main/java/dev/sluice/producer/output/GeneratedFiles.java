package dev.sluice.producer.output;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.file.Files;
import dev.sluice.producer.file.StoredFile;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** The entries of a batch's files, which say how large their generated content is. */
@Component
class GeneratedFiles {
  private final Files files;
  private final BatchFiles content;

  GeneratedFiles(Files files, BatchFiles content) {
    this.files = files;
    this.content = content;
  }

  /** How many bytes the file has now; counted by the caller, some lines at a time. */
  BatchFiles.Size size(Batch batch, StoredFile.Part part) {
    return content.size(batch.id().uuid(), part);
  }

  /** The id of a new file. */
  String add(Batch batch, StoredFile.Part part, long bytes) {
    String filename = batch.id() + "_" + part.name().toLowerCase(Locale.ROOT) + ".jsonl";
    return files.addGenerated(
        batch.project(), batch.id().uuid(), part, filename, bytes, batch.outputLifetime());
  }

  void resize(Batch batch, StoredFile.Part part, long bytes) {
    files.resizeGenerated(batch.id().uuid(), part, bytes);
  }

  /** The id of the file that there is, with its new size; of a new one where there is none. */
  String resizeOrAdd(Batch batch, StoredFile.Part part, long bytes) {
    return files
        .resizeGenerated(batch.id().uuid(), part, bytes)
        .orElseGet(() -> add(batch, part, bytes));
  }
}
