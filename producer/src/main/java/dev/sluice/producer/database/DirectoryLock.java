package dev.sluice.producer.database;

import dev.sluice.common.startup.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One producer at a time in a directory; the lock goes with its process, however that ends. */
record DirectoryLock(FileChannel channel) implements AutoCloseable {

  static DirectoryLock take(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException ourOwnProcess) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new StartupException(
          "another producer uses the directory %s. Stop it, or set sluice.database.directory to one of its own."
              .formatted(directory));
    }
    return new DirectoryLock(channel);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException released) {
      // the lock ends with the process at the latest
    }
  }
}
