package dev.sluice.bench.latency;

import java.nio.file.Path;
import java.util.List;

/** The class data cache of an earlier start that a start uses. */
enum StartupMode {
  /** Only the JDK's default CDS archive of its own classes. */
  PLAIN("none") {
    @Override
    List<String> options(Path kept) {
      return List.of();
    }
  },
  /** Dynamic CDS archive, available in every supported JDK. */
  CLASSES("class data archive") {
    @Override
    List<String> options(Path kept) {
      return List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + kept + ".jsa");
    }
  },
  /** AOT cache of a training run, JDK 25 or newer. */
  TRAINED("AOT cache") {
    @Override
    List<String> options(Path kept) {
      return List.of("-XX:AOTCache=" + kept + ".aot");
    }
  };

  private final String title;

  StartupMode(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /**
   * JVM options.
   *
   * @param kept path of the archive or cache, without its extension
   */
  abstract List<String> options(Path kept);
}
