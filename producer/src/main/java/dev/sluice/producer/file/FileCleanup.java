package dev.sluice.producer.file;

import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Takes away files whose time is over, and what uploads left behind that nobody finished. */
@Component
class FileCleanup extends BackgroundTask {
  private static final Duration LONGEST_UPLOAD = Duration.ofHours(24);

  private final Files files;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("file-cleanup", Duration.ofMinutes(1), this::round);

  FileCleanup(Files files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  private boolean round() {
    int unfinished = files.deleteUnfinishedSince(clock.instant().minus(LONGEST_UPLOAD));
    return files.deleteExpired() + unfinished > 0;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
