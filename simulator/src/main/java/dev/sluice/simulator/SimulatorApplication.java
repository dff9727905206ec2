package dev.sluice.simulator;

import dev.sluice.simulator.broker.FakeBroker;
import dev.sluice.simulator.duration.DurationText;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.WindowType;
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

/** Starts the simulator and keeps it until the process is told to stop. */
public final class SimulatorApplication {
  private SimulatorApplication() {}

  public static void main(String[] arguments) {
    System.exit(commandLine(new SimulatorCommand()).execute(arguments));
  }

  static CommandLine commandLine(SimulatorCommand command) {
    CommandLine line = new CommandLine(command);
    line.registerConverter(Latency.class, said(Latency::parse));
    line.registerConverter(Duration.class, said(DurationText::parse));
    line.registerConverter(ModelLimit.class, said(ModelLimit::parse));
    line.registerConverter(Fault.class, said(SimulatorApplication::fault));
    line.registerConverter(WindowType.class, said(text -> oneOf(WindowType.class, text)));
    line.registerConverter(LimitHeaders.class, said(text -> oneOf(LimitHeaders.class, text)));
    line.setExecutionStrategy(SimulatorApplication::run);
    line.setParameterExceptionHandler(
        (wrong, arguments) ->
            refuse(wrong.getCommandLine(), wrong.getMessage() + " (--help shows all options)"));
    return line;
  }

  private static <T> ITypeConverter<T> said(Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException wrong) {
        throw new TypeConversionException(wrong.getMessage());
      }
    };
  }

  private static Fault fault(String name) {
    return Fault.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is no fault: it is one of %s".formatted(name, Fault.names())));
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String text) {
    StringBuilder names = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equals(text)) {
        return constant;
      }
      names.append(names.isEmpty() ? "" : ", ").append(name);
    }
    throw new IllegalArgumentException("%s is none of %s".formatted(text, names));
  }

  private static int refuse(CommandLine line, @Nullable String sentence) {
    line.getErr().println("simulator: " + sentence);
    return CommandLine.ExitCode.USAGE;
  }

  private static int run(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    CommandLine line = parsed.commandSpec().commandLine();
    try {
      return serve((SimulatorCommand) parsed.commandSpec().userObject(), line.getOut());
    } catch (StartFailedException failed) {
      return refuse(line, failed.getMessage());
    }
  }

  private static int serve(SimulatorCommand command, PrintWriter out) {
    Simulator simulator = Simulator.start(command.settings(), Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "stop"));
    if (command.brokerPortFile != null) {
      writePort(command.brokerPortFile, brokerStandIn(command.host).port());
    }
    if (command.portFile != null) {
      writePort(command.portFile, simulator.port());
    }
    out.println("The simulator listens on " + simulator.url());
    out.flush();
    waitForever();
    return CommandLine.ExitCode.OK;
  }

  private static FakeBroker brokerStandIn(String host) {
    try {
      FakeBroker broker = FakeBroker.listen(host);
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
      return broker;
    } catch (IOException e) {
      throw new StartFailedException(
          "cannot listen on %s: %s".formatted(host, StartFailedException.reason(e)), e);
    }
  }

  /** In one step, so that nobody reads half a number. */
  private static void writePort(Path file, int port) {
    try {
      Path written = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(written, Integer.toString(port));
      Files.move(
          written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
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
