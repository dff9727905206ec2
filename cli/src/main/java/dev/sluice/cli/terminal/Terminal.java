package dev.sluice.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;

/**
 * The process around a command.
 *
 * @param out takes data and nothing else
 * @param err takes the words for people
 * @param environment the environment's variables
 * @param screen what stderr is
 * @param clock tells the time
 * @param pause lets time pass
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    TerminalSize screen,
    Clock clock,
    Sleeper pause) {

  /** This process; both streams are UTF-8, whatever the locale says. */
  public static Terminal ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Terminal(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        environment,
        dumb ? TerminalSize.PIPE : new ProcessTerminalSize(),
        Clock.systemUTC(),
        Thread::sleep);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** A line for people. */
  public void say(String line) {
    err.println(line);
  }

  /** How wide a line for people may be; where there is no terminal, as wide as it is long. */
  public int columns() {
    return screen.columns().orElse(Integer.MAX_VALUE);
  }

  /** How this command is called here, for hints that can be copied. */
  public String command() {
    return command(environment);
  }

  /** As {@link #command()}, where there is nothing but the environment. */
  public static String command(Map<String, String> environment) {
    String given = environment.getOrDefault("SLUICE_COMMAND", "");
    return given.isBlank() ? "sluice" : given;
  }

  /** Whether Sluice, with all its batches, ends when this command is interrupted. */
  public boolean ephemeral() {
    return !environment.getOrDefault("SLUICE_EPHEMERAL", "").isEmpty();
  }

  /** See no-color.org. */
  public boolean colours() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Whether the terminal's locale can show more than ASCII. */
  public boolean unicode() {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        String locale = value.toLowerCase(Locale.ROOT);
        return locale.contains("utf-8") || locale.contains("utf8");
      }
    }
    return false;
  }
}
