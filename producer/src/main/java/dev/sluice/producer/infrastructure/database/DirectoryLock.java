package dev.sluice.producer.infrastructure.database;

import dev.sluice.platform.startup.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Ensures one producer per directory; the operating system releases the lock with the process. */
record DirectoryLock(FileChannel channel) implements AutoCloseable {

  /**
   * Acquires the lock.
   *
   * @throws StartupException if another producer holds it
   */
  static DirectoryLock acquire(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new StartupException(
          "another producer uses the directory %s. Stop it, or set sluice.database.directory to another directory."
              .formatted(directory));
    }
    return new DirectoryLock(channel);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // the operating system releases the lock when the process ends
    }
  }
}
