package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.terminal.TerminalSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;

/** One run of the command in this JVM; sleeping advances its clock and takes no time. */
record CommandRun(int exitCode, String out, String err) {

  static CommandRun of(FakeProducer producer, String... arguments) {
    return of(producer, TerminalSize.PIPE, arguments);
  }

  static CommandRun onTerminal(FakeProducer producer, int columns, String... arguments) {
    return of(producer, () -> OptionalInt.of(columns), arguments);
  }

  /** A run on a terminal whose user types the answer. */
  static CommandRun answering(FakeProducer producer, String answer, String... arguments) {
    return of(environment(producer), () -> OptionalInt.of(200), answer, arguments);
  }

  /** A run that reads stdin from a pipe. */
  static CommandRun reading(FakeProducer producer, String stdin, String... arguments) {
    return of(environment(producer), TerminalSize.PIPE, stdin, arguments);
  }

  private static CommandRun of(
      FakeProducer producer, TerminalSize terminalSize, String... arguments) {
    return of(environment(producer), terminalSize, arguments);
  }

  private static Map<String, String> environment(FakeProducer producer) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SLUICE_URL", producer.url());
    environment.put("SLUICE_API_KEY", FakeProducer.KEY);
    return environment;
  }

  static CommandRun of(
      Map<String, String> environment, TerminalSize terminalSize, String... arguments) {
    return of(environment, terminalSize, "", arguments);
  }

  private static CommandRun of(
      Map<String, String> environment,
      TerminalSize terminalSize,
      String stdin,
      String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CommandRun run = run(environment, terminalSize, stdin, out, arguments);
    return new CommandRun(run.exitCode(), out.toString(UTF_8), run.err());
  }

  /** A run whose stdout is a closed pipe. */
  static CommandRun withClosedStdout(FakeProducer producer, String... arguments) {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    return run(environment(producer), TerminalSize.PIPE, "", closed, arguments);
  }

  private static CommandRun run(
      Map<String, String> environment,
      TerminalSize terminalSize,
      String stdin,
      OutputStream out,
      String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000));
    InstantSource clock = now::get;
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(stdin.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            environment,
            terminalSize,
            clock.withZone(ZoneOffset.UTC),
            (Duration duration) -> now.updateAndGet(instant -> instant.plus(duration)));
    int exitCode = SluiceCli.run(terminal, arguments);
    return new CommandRun(exitCode, "", err.toString(UTF_8));
  }
}
