package dev.sluice.documents.extractor;

import dev.sluice.documents.ExtractionCodec;
import dev.sluice.documents.TemporaryFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads paths from stdin and writes the text of each file to stdout, until stdin ends. */
public final class ExtractorMain {
  private static final Path OUT_OF_MEMORY_SCORE = Path.of("/proc/self/oom_score_adj");
  private static final String FIRST_VICTIM = "1000";

  private ExtractorMain() {}

  /**
   * Runs the process.
   *
   * @param arguments maximum size of a file in bytes, and maximum length of a text in characters
   */
  public static void main(String[] arguments) throws IOException {
    DataOutputStream replies =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
    System.setOut(System.err);
    endWithParent();
    offerToOutOfMemoryKiller();
    try {
      extractUntilEnd(
          new TextExtractor(Long.parseLong(arguments[0]), Integer.parseInt(arguments[1])), replies);
    } finally {
      deleteTemporaryFiles();
    }
  }

  private static void extractUntilEnd(TextExtractor extractor, DataOutputStream replies)
      throws IOException {
    DataInputStream requests = new DataInputStream(new BufferedInputStream(System.in));
    while (true) {
      Path file;
      try {
        file = Path.of(requests.readUTF());
      } catch (EOFException end) {
        return;
      }
      ExtractionCodec.write(extractor.extract(file), replies);
      replies.flush();
    }
  }

  /** A parent that is killed can neither stop an extraction nor delete the temporary files. */
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent ->
                Thread.ofPlatform()
                    .daemon()
                    .name("await-end-of-parent")
                    .start(
                        () -> {
                          parent.onExit().join();
                          try {
                            deleteTemporaryFiles();
                          } finally {
                            Runtime.getRuntime().halt(0);
                          }
                        }));
  }

  /** The temporary folder of this process is for this process alone. */
  private static void deleteTemporaryFiles() {
    TemporaryFiles.delete(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * If the memory of the machine or container is exhausted, Linux kills this process first, unless
   * the container's cgroup is killed as a whole ({@code memory.oom.group}).
   */
  private static void offerToOutOfMemoryKiller() {
    try {
      if (Files.exists(OUT_OF_MEMORY_SCORE)) {
        Files.writeString(OUT_OF_MEMORY_SCORE, FIRST_VICTIM);
      }
    } catch (IOException notPermitted) {
      // The default score applies.
    }
  }
}
