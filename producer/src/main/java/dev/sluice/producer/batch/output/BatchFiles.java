package dev.sluice.producer.batch.output;

import dev.sluice.producer.file.GeneratedContent;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.store.ByteLimit;
import dev.sluice.producer.store.FinishedTask;
import dev.sluice.producer.store.TaskResults;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Generates a batch's result files from its tasks, in the order of the input, with at most 4 MiB of
 * replies and errors in memory (or one reply). Finds the tasks by ranges of line numbers and reads
 * them by id, so that no query plan can read more than the range.
 */
@Component
class BatchFiles implements GeneratedContent {
  private static final int LINES_IN_RANGE = 1_000;
  private static final long MAX_BYTES_IN_MEMORY = 4L * 1024 * 1024;

  private final TaskResults results;

  BatchFiles(TaskResults results) {
    this.results = results;
  }

  @Override
  public void write(UUID batchId, StoredFile.Part part, OutputStream out) throws IOException {
    long last = results.lastLine(batchId);
    for (long line = 0; line < last; line += LINES_IN_RANGE) {
      writeRange(batchId, part, line, out);
    }
  }

  /** Counts the bytes of a generated file, one range of lines at a time. */
  final class Size {
    private final UUID batchId;
    private final StoredFile.Part part;
    private final long last;
    private long line;
    private long bytes;

    private Size(UUID batchId, StoredFile.Part part) {
      this.batchId = batchId;
      this.part = part;
      this.last = results.lastLine(batchId);
    }

    /** Whether all lines are counted. */
    boolean isKnown() {
      return line >= last;
    }

    /** Counts the next range of lines. */
    void count() {
      CountingStream counter = new CountingStream(); // a range that fails is counted again
      try {
        writeRange(batchId, part, line, counter);
      } catch (IOException countingNeverFails) {
        throw new UncheckedIOException(countingNeverFails);
      }
      line += LINES_IN_RANGE;
      bytes += counter.count;
    }

    long bytes() {
      return bytes;
    }
  }

  Size size(UUID batchId, StoredFile.Part part) {
    return new Size(batchId, part);
  }

  private void writeRange(UUID batchId, StoredFile.Part part, long after, OutputStream out)
      throws IOException {
    boolean completed = part == StoredFile.Part.OUTPUT;
    List<TaskResults.FinishedLine> lines =
        results.finished(batchId, after, after + LINES_IN_RANGE, completed);
    while (!lines.isEmpty()) {
      List<TaskResults.FinishedLine> next =
          ByteLimit.first(lines, TaskResults.FinishedLine::size, MAX_BYTES_IN_MEMORY);
      writeLines(next.stream().map(TaskResults.FinishedLine::id).toList(), out);
      lines = lines.subList(next.size(), lines.size());
    }
    LoopWatch.progress();
  }

  private void writeLines(List<String> ids, OutputStream out) throws IOException {
    for (FinishedTask task : results.read(ids)) {
      out.write(OutputLine.of(task));
    }
  }

  private static final class CountingStream extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
