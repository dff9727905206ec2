package dev.sluice.producer.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/** Writes the content of a file that is kept nowhere, because the batch's tasks say it all. */
public interface GeneratedContent {

  /** Writes it whole, from the tasks as they are now. */
  void write(UUID batchId, StoredFile.Part part, OutputStream out) throws IOException;
}
