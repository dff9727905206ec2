package dev.sluice.producer.file;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.quota.Quotas;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** The content of uploaded files in chunks of 1 MiB, so that a large file needs little memory. */
@Repository
public class FileContents {
  static final int CHUNK_BYTES = 1024 * 1024;

  private final JdbcClient jdbc;
  private final Quotas quotas;
  private final TransactionOperations transaction;

  FileContents(JdbcClient jdbc, Quotas quotas, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.quotas = quotas;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Stores the whole stream. If it is longer than the limit, the chunk that exceeds it and the rest
   * are not stored.
   *
   * @return the number of bytes read; more than {@code maxBytes} if the stream is too long
   * @throws dev.sluice.producer.web.ApiException if the project's quota is exceeded; checked for
   *     each chunk
   */
  long store(Project project, String fileId, InputStream in, long maxBytes) throws IOException {
    long total = 0;
    byte[] buffer = new byte[CHUNK_BYTES];
    for (int seq = 0; ; seq++) {
      int filled = in.readNBytes(buffer, 0, buffer.length);
      total += filled;
      if (total > maxBytes) {
        return total;
      }
      if (filled > 0) {
        byte[] chunk = filled == buffer.length ? buffer : Arrays.copyOf(buffer, filled);
        int number = seq;
        transaction.executeWithoutResult(status -> insert(project, fileId, number, chunk));
      }
      if (filled < buffer.length) {
        return total;
      }
    }
  }

  private void insert(Project project, String fileId, int seq, byte[] chunk) {
    jdbc.sql("insert into file_chunks (file_id, seq, content) values (:file, :seq, :content)")
        .param("file", fileId)
        .param("seq", seq)
        .param("content", chunk)
        .update();
    jdbc.sql("update files set bytes = bytes + :bytes where id = :file")
        .param("bytes", chunk.length)
        .param("file", fileId)
        .update();
    quotas.admitFile(project, 0);
  }

  void copy(StoredFile file, OutputStream out) throws IOException {
    try (InputStream in = open(file)) {
      in.transferTo(out);
    }
  }

  /**
   * Opens a file at its beginning; one chunk is in memory at a time. The stream throws {@link
   * FileDeletedException} if the file is deleted before it is read to its end.
   */
  public InputStream open(StoredFile file) {
    return new ChunkStream(file, seq -> chunk(file.id(), seq));
  }

  private Optional<byte[]> chunk(String fileId, int seq) {
    return jdbc.sql("select content from file_chunks where file_id = :file and seq = :seq")
        .param("file", fileId)
        .param("seq", seq)
        .query(byte[].class)
        .optional();
  }
}
