package dev.sluice.system.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A virtual host on the test build's shared broker. */
public record VirtualHost(String home, String name, String url) {
  private static final String BROKER_HOME = "SLUICE_TEST_BROKER_HOME";

  /** Creates an empty virtual host. Empty outside of {@code ./sluice test}. */
  public static Optional<VirtualHost> createForBuild() {
    return Optional.ofNullable(System.getenv(BROKER_HOME))
        .filter(home -> !home.isBlank())
        .map(VirtualHost::create);
  }

  private static VirtualHost create(String home) {
    String name = "system-" + UUID.randomUUID();
    try {
      Process created =
          command("vhost", home, name).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String url =
          new String(created.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (created.waitFor() != 0) {
        throw new IllegalStateException("launcher/broker created no virtual host in " + home);
      }
      return new VirtualHost(home, name, url);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Deletes the virtual host in the background, so that the next test does not wait. */
  public void remove() {
    try {
      command("remove-vhost", home, name)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static ProcessBuilder command(String command, String home, String name) {
    Path script = Checkout.root().resolve("launcher/broker");
    return new ProcessBuilder(List.of(script.toString(), command, "--home", home, name));
  }
}
