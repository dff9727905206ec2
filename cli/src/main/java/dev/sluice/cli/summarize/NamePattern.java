package dev.sluice.cli.summarize;

import dev.sluice.cli.terminal.CommandException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses documents by name: a glob with a {@code /} sees the whole path, another the file name.
 */
final class NamePattern {
  private final List<PathMatcher> matchers = new ArrayList<>();
  private final boolean wholePath;

  private NamePattern(String glob) {
    wholePath = glob.contains("/");
    matchers.add(matcher(glob));
    if (glob.startsWith("**/")) {
      // To Java, but to nobody else, it does not match at the top of the folder.
      matchers.add(matcher(glob.substring(3)));
    }
  }

  /**
   * The pattern; every name where it is absent.
   *
   * @throws CommandException where it is no glob
   */
  static NamePattern of(@Nullable String glob) {
    try {
      return new NamePattern(glob == null ? "*" : glob);
    } catch (PatternSyntaxException wrong) {
      throw CommandException.wrongUsage(
          "--glob %s is not a pattern: %s".formatted(glob, wrong.getDescription()));
    }
  }

  boolean matches(String name) {
    String seen = wholePath ? name : name.substring(name.lastIndexOf('/') + 1);
    Path path = Path.of(seen);
    return matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }

  private static PathMatcher matcher(String glob) {
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }
}
