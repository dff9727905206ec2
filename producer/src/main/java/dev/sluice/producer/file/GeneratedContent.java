package dev.sluice.producer.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/** Generates the content of result files, which are not stored, from a batch's tasks. */
public interface GeneratedContent {

  /** Writes the whole file from the current state of the tasks. */
  void write(UUID batchId, StoredFile.Part part, OutputStream out) throws IOException;
}
