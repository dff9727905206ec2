package dev.sluice.producer.file;

import dev.sluice.producer.infrastructure.loop.LoopWatch;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Reads the chunks of a file as one stream. Fails at a missing chunk, so that no reader takes the
 * rest of a deleted file for the whole.
 */
final class ChunkStream extends InputStream {
  private final StoredFile file;
  private final IntFunction<Optional<byte[]>> chunks;
  private long remaining;
  private byte[] current = new byte[0];
  private int position;
  private int next;
  private boolean ended;

  ChunkStream(StoredFile file, IntFunction<Optional<byte[]>> chunks) {
    this.file = file;
    this.remaining = file.bytes();
    this.chunks = chunks;
  }

  @Override
  public int read() throws IOException {
    return advance() ? current[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean advance() throws FileDeletedException {
    while (position == current.length && !ended) {
      Optional<byte[]> chunk = chunks.apply(next++);
      LoopWatch.progress();
      ended = chunk.isEmpty();
      current = chunk.orElse(new byte[0]);
      position = 0;
      remaining -= current.length;
      if (ended && remaining > 0) {
        throw new FileDeletedException(file.id());
      }
    }
    return position < current.length;
  }
}
