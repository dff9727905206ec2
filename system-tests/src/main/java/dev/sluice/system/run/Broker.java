package dev.sluice.system.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A RabbitMQ of its own, as {@code launcher/broker} starts it. */
public final class Broker implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Path home;
  private final String url;

  private Broker(Path home, String url) {
    this.home = home;
    this.url = url;
  }

  /** Starts one with its data below the folder. */
  public static Broker start(Path folder) {
    Path home = folder.resolve("broker-home");
    String printed = command("start", home, folder.resolve("broker-start.log"));
    String url =
        printed
            .lines()
            .filter(line -> line.startsWith("amqp://"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("launcher/broker: " + printed));
    return new Broker(home, url);
  }

  public String url() {
    return url;
  }

  @Override
  public void close() {
    command("stop", home, home.resolveSibling("broker-stop.log"));
  }

  private static String command(String what, Path home, Path log) {
    String program = Checkout.root().resolve("launcher/broker").toString();
    Child command = Child.start(log, Map.of(), List.of(program, what, "--home", home.toString()));
    if (!command.endedWell(LONGEST)) {
      throw new IllegalStateException("launcher/broker " + what + ": " + command.printed());
    }
    return command.printed();
  }
}
