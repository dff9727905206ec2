package dev.sluice.system.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A private RabbitMQ, started by {@code launcher/broker}. */
public final class Broker implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final Path home;

  private Broker(Path home) {
    this.home = home;
  }

  /** Creates a stopped broker with its data below the folder. */
  public static Broker in(Path folder) {
    return new Broker(folder.resolve("broker-home"));
  }

  /** Starts the broker and returns its URL when it accepts connections. */
  public String start() {
    String output = command("start");
    return output
        .lines()
        .filter(line -> line.startsWith("amqp://"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("launcher/broker: " + output));
  }

  /** {@code kill -9}. */
  public void kill() {
    command("kill");
  }

  /** Starts a memory alarm: the broker reads nothing from connections that publish. */
  public void startMemoryAlarm() {
    command("memory-alarm", "on");
  }

  /** Ends the memory alarm. */
  public void endMemoryAlarm() {
    command("memory-alarm", "off");
  }

  /** Also works if the start failed. */
  @Override
  public void close() {
    if (Files.exists(home)) {
      command("stop");
    }
  }

  private String command(String subcommand, String... arguments) {
    Path log = home.resolveSibling("broker-%s.log".formatted(subcommand));
    String program = Checkout.root().resolve("launcher/broker").toString();
    List<String> line = new ArrayList<>(List.of(program, subcommand, "--home", home.toString()));
    line.addAll(List.of(arguments));
    ChildProcess command = ChildProcess.start(log, Map.of(), line);
    if (!command.succeeds(TIMEOUT)) {
      throw new IllegalStateException("launcher/broker " + subcommand + ": " + command.output());
    }
    return command.output();
  }
}
