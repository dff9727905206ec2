package dev.sluice.system.ship;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Program;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The types and schemas of Kubernetes, KEDA, the operators and the Gateway API, from npm. */
final class ManifestSchemas {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;

  private ManifestSchemas(Path folder) {
    this.folder = folder;
  }

  /** Installs the packages in a folder. Skips the test without Node. */
  static ManifestSchemas install(Path folder) throws IOException {
    assumeTrue(Program.areInstalled("node", "npm"), "node and npm are not installed");
    Path programs = Checkout.root().resolve("system-tests/src/test/node/manifests");
    try (Stream<Path> files = Files.list(programs)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Program.run(folder, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    return new ManifestSchemas(folder);
  }

  /** One line for each value that does not match, with kind and name of its manifest. */
  List<String> problems(List<Map<String, Object>> manifests) throws IOException {
    Files.writeString(
        folder.resolve("manifests.json"), JSON.writeValueAsString(new ArrayList<>(manifests)));
    return Program.run(folder, Map.of(), "node", "check.mjs", "manifests.json").lines().toList();
  }
}
