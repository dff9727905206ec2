package dev.sluice.bench.goodput;

import dev.sluice.testkit.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Stores results, one file per case and system, so that a case can be repeated. */
final class BenchmarkResults {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;

  private BenchmarkResults(Path folder) {
    this.folder = folder;
  }

  /** Opens the folder, and creates it if necessary. */
  static BenchmarkResults in(Path folder) {
    try {
      return new BenchmarkResults(Files.createDirectories(folder));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  void save(BenchmarkResult result) {
    Folders.write(file(result.caseId(), result.system()), JSON.writeValueAsString(result));
  }

  /** All stored results, in this order. */
  List<BenchmarkResult> of(List<String> cases, List<String> systems) {
    List<BenchmarkResult> all = new ArrayList<>();
    for (String one : cases) {
      for (String system : systems) {
        read(file(one, system)).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<BenchmarkResult> read(Path file) {
    return Files.exists(file)
        ? Optional.of(JSON.readValue(Folders.read(file), BenchmarkResult.class))
        : Optional.empty();
  }

  private Path file(String caseId, String system) {
    String name = system.toLowerCase(Locale.ROOT).replace(' ', '-');
    return folder.resolve(caseId + "." + name + ".json");
  }
}
