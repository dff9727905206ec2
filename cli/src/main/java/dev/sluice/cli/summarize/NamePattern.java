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
 * Selects documents with a glob; one with a {@code /} matches the whole path, otherwise the file
 * name.
 */
final class NamePattern {
  private final List<PathMatcher> matchers = new ArrayList<>();
  private final boolean wholePath;

  private NamePattern(String glob) {
    wholePath = glob.contains("/");
    matchers.add(matcher(glob));
    if (glob.startsWith("**/")) {
      // Java's **/ does not match files directly in the folder, unlike in shells and git.
      matchers.add(matcher(glob.substring(3)));
    }
  }

  /**
   * Compiles a glob; null matches every name.
   *
   * @throws CommandException if the glob is malformed
   */
  static NamePattern of(@Nullable String glob) {
    try {
      return new NamePattern(glob == null ? "*" : glob);
    } catch (PatternSyntaxException malformed) {
      throw CommandException.usageError(
          "--glob %s is not a valid pattern: %s".formatted(glob, malformed.getDescription()));
    }
  }

  boolean matches(String name) {
    Path path = Path.of(wholePath ? name : name.substring(name.lastIndexOf('/') + 1));
    return matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }

  private static PathMatcher matcher(String glob) {
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }
}
