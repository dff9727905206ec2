package dev.sluice.system.startup;

import java.nio.file.Path;
import java.util.List;

/** What a start has of an earlier one. */
enum StartupMode {
  /** Nothing but the JDK's own archive of its own classes. */
  PLAIN("nothing kept") {
    @Override
    List<String> options(Path kept) {
      return List.of();
    }
  },
  /** What every JDK can do. */
  CLASSES("archive of classes") {
    @Override
    List<String> options(Path kept) {
      return List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + kept + ".jsa");
    }
  },
  /** What a training run has left; of JDK 25 and newer. */
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
   * Options of the JVM.
   *
   * @param kept the path of what is kept, without its ending
   */
  abstract List<String> options(Path kept);
}
