package dev.sluice.cli.terminal;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;

/**
 * A command's access to its process.
 *
 * @param in stdin, for answers to questions
 * @param out stdout, for data only
 * @param err stderr, for messages and progress
 * @param environment the environment variables
 * @param size size of the terminal on stderr
 * @param clock current time
 * @param sleeper waits between polls and retries
 */
public record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    TerminalSize size,
    Clock clock,
    Sleeper sleeper) {

  /** This process; both streams are UTF-8 regardless of the locale. */
  public static Terminal ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Terminal(
        System.in,
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

  /** Prints a message on stderr. */
  public void message(String line) {
    err.println(line);
  }

  /** Asks a question on stderr; true if the answer is yes. */
  public boolean confirm(String question) throws IOException {
    err.print(question + " [y/N] ");
    err.flush();
    String answer =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  /** Maximum width of a line; unlimited without a terminal. */
  public int columns() {
    return size.columns().orElse(Integer.MAX_VALUE);
  }

  /** Name of this command, for hints that can be copied. */
  public String command() {
    return command(environment);
  }

  /** Name of this command in the given environment. */
  public static String command(Map<String, String> environment) {
    String configured = environment.getOrDefault("SLUICE_COMMAND", "");
    return configured.isBlank() ? "sluice" : configured;
  }

  /** Whether Ctrl-C also stops the server and its batches. */
  public boolean ephemeral() {
    return !environment.getOrDefault("SLUICE_EPHEMERAL", "").isEmpty();
  }

  /** Whether colours are enabled, see no-color.org. */
  public boolean colors() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Whether the terminal's locale is UTF-8. */
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
