package dev.sluice.system.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Relative links of the documentation lead to an existing file and heading. */
class MarkdownLinksTest {
  private static final Path ROOT = Checkout.root();
  private static final Set<String> SKIPPED_FOLDERS =
      Set.of("target", ".git", ".sluice", "node_modules", "samples");
  private static final Pattern CODE = Pattern.compile("```[\\s\\S]*?```|`[^`\\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  @Test
  void everyRelativeLinkHasATarget() throws IOException {
    List<String> broken = new ArrayList<>();
    List<Path> pages = pages();
    for (Path page : pages) {
      String text = CODE.matcher(Files.readString(page)).replaceAll("");
      for (String link : LINK.matcher(text).results().map(found -> found.group(1)).toList()) {
        if (!link.contains("://") && !link.startsWith("mailto:") && !hasTarget(page, link)) {
          broken.add(ROOT.relativize(page) + ": " + link);
        }
      }
    }

    assertThat(pages).hasSizeGreaterThan(30);
    assertThat(broken).isEmpty();
  }

  private static boolean hasTarget(Path page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1 || anchors(target).contains(parts[1]);
  }

  /** The anchors of a page: those that GitHub gives its headings, and its own. */
  private static Set<String> anchors(Path page) throws IOException {
    String text = Files.readString(page);
    return Stream.concat(
            HEADING
                .matcher(text)
                .results()
                .map(found -> found.group(1).strip().toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-')),
            ANCHOR.matcher(text).results().map(found -> found.group(1)))
        .collect(Collectors.toSet());
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(
              file ->
                  Stream.of(ROOT.relativize(file).toString().split("/", -1))
                      .noneMatch(SKIPPED_FOLDERS::contains))
          .toList();
    }
  }
}
