package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The answers of finished batches, in temporary files. */
public final class Answers implements AutoCloseable {
  private final ResultIndex index;
  private @Nullable BatchProgress batch;

  /**
   * @param count number of requests
   */
  public Answers(int count, RequestOrder order) {
    this.index = new ResultIndex(count, order);
  }

  /**
   * Downloads the result files of a finished batch. A result replaces the error of the same
   * request, which may have been retried between the downloads.
   */
  public void add(BatchProgress finished, BatchWatcher watcher)
      throws IOException, InterruptedException {
    batch = finished;
    download(watcher, finished.errorFileId());
    download(watcher, finished.outputFileId());
  }

  private void download(BatchWatcher watcher, @Nullable String fileId)
      throws IOException, InterruptedException {
    if (fileId != null) {
      TemporaryFile results = new TemporaryFile();
      watcher.download(fileId, results.path());
      index.add(results);
    }
  }

  /** The last batch. */
  public BatchProgress batch() {
    if (batch == null) {
      throw new IllegalStateException("no batch was added");
    }
    return batch;
  }

  /** The answer to the request at a position from 0. */
  public Answer find(int position) throws IOException {
    Optional<JsonNode> result = index.find(position);
    return result.isPresent()
        ? Answer.of(result.get())
        : new Answer.Missing(
            "no_result",
            "The batch finished (%s) before this request was processed."
                .formatted(batch().status()),
            /* cutOff= */ false);
  }

  /** The bytes of the requests at these positions that were not answered with stored results. */
  double calledBytes(RequestFile requests, BitSet positions) {
    return positions.stream().mapToDouble(at -> requests.size(at) * (1 - index.reused(at))).sum();
  }

  /** Counts of the requests at these positions. */
  AnswerCounts counts(BitSet positions) throws IOException {
    AnswerCounts counts = new AnswerCounts();
    for (int at = positions.nextSetBit(0); at >= 0; at = positions.nextSetBit(at + 1)) {
      counts.add(find(at));
    }
    return counts;
  }

  @Override
  public void close() throws IOException {
    index.close();
  }
}
