package dev.sluice.system.ship;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Program;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** Runs Helm on {@code k8s/helm}. */
final class HelmChart {
  private static final String VERSION = "v3.22.0";
  private static final Path ROOT = Checkout.root();

  /** A cold build of Helm takes minutes on two cores. */
  private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(15);

  private final String helm;

  private HelmChart(String helm) {
    this.helm = helm;
  }

  /** With the installed Helm, or one that Go builds below target. Skips the test without both. */
  static HelmChart withHelm() throws IOException {
    if (Program.areInstalled("helm")) {
      return new HelmChart("helm");
    }
    assumeTrue(Program.areInstalled("go"), "neither helm nor go is installed");
    Path folder = Files.createDirectories(ROOT.resolve("system-tests/target/helm"));
    Path program = folder.resolve("helm");
    if (!Files.exists(program)) {
      Program.run(
          folder,
          BUILD_TIMEOUT,
          Map.of("GOBIN", folder.toString()),
          "go",
          "install",
          "helm.sh/helm/v3/cmd/helm@" + VERSION);
    }
    return new HelmChart(program.toString());
  }

  /** Fails if a file of the chart or a rendered manifest is invalid. */
  String lint() throws IOException {
    return run("lint", "--strict", "k8s/helm");
  }

  /**
   * The rendered manifests.
   *
   * @param values YAML that replaces values of the chart
   */
  List<Map<String, Object>> render(String values) throws IOException {
    Path file = Files.writeString(ROOT.resolve("system-tests/target/helm-values.yaml"), values);
    List<Map<String, Object>> manifests = new ArrayList<>();
    // A Helm that go builds does not know the version of its Kubernetes libraries.
    String rendered =
        run(
            "template",
            "sluice",
            "k8s/helm",
            "--namespace",
            "sluice",
            "--kube-version",
            "1.30.0",
            "--values",
            file.toString());
    for (Object one : new Yaml().loadAll(rendered)) {
      if (one != null) {
        manifests.add(Kustomization.mutable(one));
      }
    }
    return manifests;
  }

  private String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(helm));
    command.addAll(List.of(arguments));
    return Program.run(ROOT, Map.of(), command.toArray(String[]::new));
  }
}
