package dev.sluice.testkit.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An installed Debian package of RabbitMQ.
 *
 * @param root {@code /}, or the root folder of another Debian
 */
public record RabbitInstallation(Path root) {
  private static final Path SYSTEM_ROOT = Path.of("/");

  /** The installation of this system. */
  public static Optional<RabbitInstallation> found() {
    RabbitInstallation here = new RabbitInstallation(SYSTEM_ROOT);
    return here.find("usr/lib/rabbitmq/lib", "rabbitmq_server-").isPresent()
        ? Optional.of(here)
        : Optional.empty();
  }

  /** A parent folder for data that the RabbitMQ programs can read. */
  public Path dataFolder() throws IOException {
    return Files.createTempDirectory(Files.createDirectories(root.resolve("tmp")), "sluice-nodes");
  }

  String script(String name) {
    Path server =
        find("usr/lib/rabbitmq/lib", "rabbitmq_server-")
            .orElseThrow(() -> new IllegalStateException("no RabbitMQ below " + root));
    return inside(server.resolve("sbin").resolve(name));
  }

  String epmd() {
    Path erlang =
        find("usr/lib/erlang", "erts-")
            .orElseThrow(() -> new IllegalStateException("no Erlang below " + root));
    return inside(erlang.resolve("bin/epmd"));
  }

  List<String> command(String... words) {
    List<String> all = new ArrayList<>();
    if (!root.equals(SYSTEM_ROOT)) {
      all.addAll(List.of("chroot", root.toString()));
    }
    all.addAll(List.of(words));
    return all;
  }

  /** Environment variables for the programs. */
  Map<String, String> environment() {
    return Map.of("LANG", "C.UTF-8", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  }

  /** Path of a file as the programs see it. */
  String inside(Path file) {
    return root.equals(SYSTEM_ROOT) ? file.toString() : "/" + root.relativize(file);
  }

  private Optional<Path> find(String folder, String prefix) {
    Path parent = root.resolve(folder);
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith(prefix))
          .sorted()
          .findFirst();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
