package dev.sluice.producer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChunkStreamTest {
  private static final List<byte[]> CHUNKS = List.of(new byte[] {1, 2}, new byte[] {3});

  @Test
  void wholeFileIsRead() throws IOException {
    assertThat(stream(3).readAllBytes()).containsExactly(1, 2, 3);
    assertThat(stream(3).readNBytes(2)).containsExactly(1, 2);
  }

  @Test
  void fileThatIsDeletedWhileItIsReadIsNotTakenForTheWhole() {
    assertThatThrownBy(() -> stream(4).readAllBytes())
        .isInstanceOf(FileDeletedException.class)
        .hasMessage("File file-a was deleted or has expired while it was read.");
    ChunkStream deleted = stream(4);
    assertThatThrownBy(
            () -> {
              for (int read = 0; read < 4; read++) {
                assertThat(deleted.read()).isPositive();
              }
            })
        .isInstanceOf(FileDeletedException.class);
  }

  private static ChunkStream stream(long bytes) {
    StoredFile file =
        new StoredFile("file-a", "batch", "a", bytes, Instant.EPOCH, null, null, null);
    return new ChunkStream(
        file, seq -> seq < CHUNKS.size() ? Optional.of(CHUNKS.get(seq)) : Optional.empty());
  }
}
