package dev.sluice.producer.file;

import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import java.time.Clock;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Deletes expired files and the remains of incomplete uploads. */
@Component
class FileCleanup extends SingleLoopTask {
  private static final Duration MAX_UPLOAD_TIME = Duration.ofHours(24);

  private final Files files;
  private final Clock clock;

  FileCleanup(Files files, Clock clock) {
    super("file-cleanup", Duration.ofMinutes(1));
    this.files = files;
    this.clock = clock;
  }

  @Override
  protected boolean round() {
    int unfinished = files.deleteIncompleteUploads(clock.instant().minus(MAX_UPLOAD_TIME));
    return files.deleteExpired() + unfinished > 0;
  }
}
