package dev.sluice.producer.file;

import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Deletes expired files and the remains of incomplete uploads. */
@Component
class FileCleanup extends BackgroundTask {
  private static final Duration MAX_UPLOAD_TIME = Duration.ofHours(24);

  private final Files files;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("file-cleanup", Duration.ofMinutes(1), this::round);

  FileCleanup(Files files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  private boolean round() {
    int unfinished = files.deleteIncompleteUploads(clock.instant().minus(MAX_UPLOAD_TIME));
    return files.deleteExpired() + unfinished > 0;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
