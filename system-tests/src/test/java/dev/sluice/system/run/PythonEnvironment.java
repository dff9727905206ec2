package dev.sluice.system.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A virtual environment with the packages of a requirements file. */
public final class PythonEnvironment {
  private final Path home;

  private PythonEnvironment(Path home) {
    this.home = home;
  }

  /**
   * Creates or updates it in a folder. Skips the test without python3, or if PyPI does not answer.
   */
  public static PythonEnvironment create(Path folder, Path requirements) throws IOException {
    assumeTrue(Program.areInstalled("python3"), "python3 is not installed");
    Files.createDirectories(folder);
    Program.run(folder, Map.of(), "python3", "-m", "venv", "venv");
    PythonEnvironment environment = new PythonEnvironment(folder);
    String problem = "";
    try {
      environment.run(
          folder,
          Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
          "-m",
          "pip",
          "install",
          "--quiet",
          "--no-compile",
          "--retries",
          "1",
          "--requirement",
          requirements.toString());
    } catch (IllegalStateException failed) {
      problem = String.valueOf(failed.getMessage());
    }
    assumeTrue(!isOffline(problem), "PyPI does not answer: " + problem);
    if (!problem.isEmpty()) {
      throw new IllegalStateException(problem);
    }
    return environment;
  }

  /** Runs a program and returns its output. Fails if its exit code is not 0. */
  public String run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("venv/bin/python").toString());
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment);
    // The examples' folders stay free of compiled files.
    all.put("PYTHONPYCACHEPREFIX", home.resolve("compiled").toString());
    return Program.run(folder, all, command.toArray(String[]::new));
  }

  /** An unknown version, in contrast, fails the test. */
  private static boolean isOffline(String problem) {
    return problem.contains("Failed to establish a new connection")
        || problem.contains("Temporary failure in name resolution")
        || problem.contains("timed out");
  }
}
