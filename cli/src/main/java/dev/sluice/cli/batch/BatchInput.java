package dev.sluice.cli.batch;

import dev.sluice.cli.client.NotFoundException;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.json.LineReader;
import dev.sluice.cli.terminal.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the input file of a batch from the producer. */
public final class BatchInput {
  private BatchInput() {}

  /** Receives the requests in their order. */
  @FunctionalInterface
  public interface RequestReader {
    void read(String customId, byte[] line) throws IOException;
  }

  /**
   * Downloads and reads the input file.
   *
   * @throws CommandException if the file was deleted
   */
  public static void read(SluiceClient client, String batch, RequestReader requestReader)
      throws IOException, InterruptedException {
    String fileId = client.batches().view(batch).inputFileId();
    try (TemporaryFile copy = new TemporaryFile()) {
      download(client, batch, fileId, copy.path());
      lines(copy.path(), requestReader);
    }
  }

  private static void download(SluiceClient client, String batch, String fileId, Path target)
      throws IOException, InterruptedException {
    try {
      client.files().download(fileId, target);
    } catch (NotFoundException deleted) {
      throw CommandException.invalidInput(
          "The input file %s of batch %s was deleted or has expired, so its requests are unknown. Use your own copy of the file."
              .formatted(fileId, batch));
    }
  }

  /** Reads the requests, or results, of a file. */
  public static void lines(Path file, RequestReader requestReader) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      LineReader lineReader = new LineReader(in, BatchFileCheck.MAX_LINE_BYTES);
      for (LineReader.Line line = lineReader.next(); line != null; line = lineReader.next()) {
        if (!line.isBlank()) {
          byte[] json = line.start() == 0 ? BatchFileCheck.withoutMark(line.bytes()) : line.bytes();
          requestReader.read(JsonValues.read(json).path("custom_id").asString(""), json);
        }
      }
    }
  }
}
