package dev.sluice.producer.file;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.memory.ProjectMemory;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import org.springframework.stereotype.Component;

/** The memory of the running downloads of files and results. */
@Component
public class DownloadMemory {
  /** A download holds replies of 4 MiB, and their lines in the format of the result file. */
  public static final long BYTES_PER_DOWNLOAD = 8L * 1024 * 1024;

  private static final int HEAP_DIVISOR = 8;

  private final ProjectMemory memory =
      new ProjectMemory(HeapLimit.fraction(HEAP_DIVISOR), "running downloads");

  /** A reservation of 0 bytes, for one download. */
  public ProjectMemory.Reservation reservation(Project project) {
    return memory.reservation(project);
  }
}
