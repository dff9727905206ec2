package dev.sluice.simulator;

import dev.sluice.simulator.broker.FakeBroker;
import dev.sluice.simulator.duration.DurationText;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.provider.LimitHeaders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Runs the simulator until the process is stopped. */
public final class SimulatorApplication {
  private SimulatorApplication() {}

  public static void main(String[] arguments) {
    System.exit(commandLine(new SimulatorCommand()).execute(arguments));
  }

  static CommandLine commandLine(SimulatorCommand command) {
    CommandLine line = new CommandLine(command);
    line.registerConverter(Latency.class, converter(Latency::parse));
    line.registerConverter(Duration.class, converter(DurationText::parse));
    line.registerConverter(ModelLimit.class, converter(ModelLimit::parse));
    line.registerConverter(Fault.class, converter(SimulatorApplication::fault));
    line.registerConverter(
        LimitAlgorithm.class, converter(text -> parse(LimitAlgorithm.class, text)));
    line.registerConverter(LimitHeaders.class, converter(text -> parse(LimitHeaders.class, text)));
    line.setExecutionStrategy(SimulatorApplication::run);
    line.setParameterExceptionHandler(
        (error, arguments) ->
            fail(error.getCommandLine(), error.getMessage() + " (--help shows all options)"));
    return line;
  }

  /** Keeps the parser's message; picocli would replace it by a generic one. */
  private static <T> ITypeConverter<T> converter(Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException invalid) {
        throw new TypeConversionException(invalid.getMessage());
      }
    };
  }

  private static Fault fault(String name) {
    return Fault.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown fault %s; the faults are %s".formatted(name, Fault.names())));
  }

  private static <E extends Enum<E>> E parse(Class<E> type, String text) {
    StringBuilder names = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equals(text)) {
        return constant;
      }
      names.append(names.isEmpty() ? "" : ", ").append(name);
    }
    throw new IllegalArgumentException("%s is not one of %s".formatted(text, names));
  }

  private static int fail(CommandLine line, @Nullable String message) {
    line.getErr().println("simulator: " + message);
    return CommandLine.ExitCode.USAGE;
  }

  private static int run(ParseResult parsed) {
    Integer helpExitCode = CommandLine.executeHelpRequest(parsed);
    if (helpExitCode != null) {
      return helpExitCode;
    }
    CommandLine line = parsed.commandSpec().commandLine();
    try {
      return serve((SimulatorCommand) parsed.commandSpec().userObject(), line.getOut());
    } catch (StartFailedException failed) {
      return fail(line, failed.getMessage());
    }
  }

  private static int serve(SimulatorCommand command, PrintWriter out) {
    Simulator simulator = Simulator.start(command.settings(), Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "stop"));
    if (command.brokerPortFile != null) {
      writePort(command.brokerPortFile, startFakeBroker(command.host).port());
    }
    if (command.portFile != null) {
      writePort(command.portFile, simulator.port());
    }
    out.println("Simulator listening on " + simulator.url());
    out.flush();
    waitForever();
    return CommandLine.ExitCode.OK;
  }

  private static FakeBroker startFakeBroker(String host) {
    try {
      FakeBroker broker = FakeBroker.listen(host);
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
      return broker;
    } catch (IOException e) {
      throw new StartFailedException(
          "cannot listen on %s: %s".formatted(host, StartFailedException.reason(e)), e);
    }
  }

  /** Renames a temporary file, so that readers never see a partial number. */
  private static void writePort(Path file, int port) {
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(temporary, Integer.toString(port));
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartFailedException(
          "cannot write --port-file %s: %s".formatted(file, StartFailedException.reason(e)), e);
    }
  }

  private static void waitForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
