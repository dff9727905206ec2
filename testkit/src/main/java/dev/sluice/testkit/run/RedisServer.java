package dev.sluice.testkit.run;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Commands;
import dev.sluice.testkit.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A private Redis or Valkey with an append-only file, as BullMQ's guide recommends. */
public final class RedisServer implements AutoCloseable {
  private static final List<String> NAMES = List.of("redis-server", "valkey-server");
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

  private final String program;
  private final Path folder;
  private final int port;
  private final List<String> listening;
  private ChildProcess server;

  private RedisServer(String program, Path folder, int port, List<String> listening) {
    this.program = program;
    this.folder = folder;
    this.port = port;
    this.listening = listening;
    this.server = launch();
  }

  /** The installed server program. */
  public static Optional<String> installed() {
    return NAMES.stream()
        .flatMap(name -> Commands.find(name).stream())
        .findFirst()
        .map(Path::toString);
  }

  /** Starts a server with its data in the folder and waits until it responds. */
  public static RedisServer start(String program, Path folder) {
    int port = Ports.free();
    return new RedisServer(program, folder, port, List.of("--port", Integer.toString(port)));
  }

  /**
   * Starts a server that accepts only TLS and requires client certificates of the same authority.
   */
  public static RedisServer startTls(
      String program, Path folder, Path certificate, Path key, Path authority) {
    int port = Ports.free();
    return new RedisServer(
        program,
        folder,
        port,
        List.of(
            "--port",
            "0",
            "--tls-port",
            Integer.toString(port),
            "--tls-cert-file",
            certificate.toString(),
            "--tls-key-file",
            key.toString(),
            "--tls-ca-cert-file",
            authority.toString()));
  }

  public int port() {
    return port;
  }

  /** {@code kill -9}. */
  public void kill() {
    server.kill();
  }

  /** Starts the server again on the same port, with the data in its file. */
  public void restart() {
    server = launch();
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>(List.of(program, "--bind", "127.0.0.1"));
    command.addAll(listening);
    command.addAll(List.of("--dir", folder.toString(), "--save", "", "--appendonly", "yes"));
    ChildProcess child = ChildProcess.start(folder.resolve("redis.log"), Map.of(), command);
    await().atMost(START_TIMEOUT).until(() -> Ports.answers(port) || !child.isAlive());
    if (!child.isAlive()) {
      throw new IllegalStateException(program + " ended: " + child.output());
    }
    return child;
  }

  @Override
  public void close() {
    server.close();
  }
}
