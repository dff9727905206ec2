package dev.sluice.producer.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The modules of the pages: there is no build step that would find these errors. */
class PageModulesTest {
  private static final Path PAGE = Path.of("src/main/resources/static/page");
  private static final Pattern EXPORT =
      Pattern.compile("^export (?:const|async function|function) (\\w+)", Pattern.MULTILINE);
  private static final Pattern IMPORT =
      Pattern.compile("^import \\{([^}]*)} from '[^']*';$", Pattern.MULTILINE);
  private static final Pattern OWN = Pattern.compile("(?:const|let|function) (\\w+)");
  private static final Pattern OLD_TERM =
      Pattern.compile(
          "(?i)\\b(told|heard|anew|somebody|nobody|scout|mended?|put away|listening…|looking…"
              + "|wait(s|ing) for (requests|tokens)|look again|leave it|(?<!dead[ -])letters?(?!-spacing))\\b");
  private static final int MAX_LINE_LENGTH = 100;
  private static final Pattern CALL = Pattern.compile("(?<![\\w.'’])(\\w+)\\(");

  @Test
  void calledExportsAreImported() throws IOException {
    Set<String> exported = new TreeSet<>();
    for (Path module : modules()) {
      exported.addAll(names(EXPORT, Files.readString(module)));
    }
    assertThat(exported).contains("millis", "h", "badge");
    for (Path module : modules()) {
      String code = Files.readString(module);
      Set<String> missing = names(CALL, code);
      missing.retainAll(exported);
      missing.removeAll(imported(code));
      missing.removeAll(names(OWN, code));
      assertThat(missing).as("called in %s and not imported", module).isEmpty();
    }
  }

  @Test
  void importsAreUsed() throws IOException {
    for (Path module : modules()) {
      String code = Files.readString(module);
      String body = IMPORT.matcher(code).replaceAll("");
      assertThat(imported(code))
          .as("imported in %s", module)
          .allMatch(name -> Pattern.compile("\\b" + name + "\\b").matcher(body).find());
    }
  }

  @Test
  void linesAreShort() throws IOException {
    for (Path file : files("")) {
      assertThat(Files.readAllLines(file))
          .as("lines of %s", file)
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(MAX_LINE_LENGTH));
    }
  }

  @Test
  void styleSheetHasOneDeclarationPerLine() throws IOException {
    assertThat(Files.readAllLines(PAGE.resolve("page.css")))
        .allSatisfy(line -> assertThat(line).doesNotContainPattern(";\\s*\\S"));
  }

  @Test
  void textsAndIdentifiersUseTheTermsOfTheGlossary() throws IOException {
    for (Path file : files("")) {
      assertThat(Files.readString(file)).as("terms in %s", file).doesNotContainPattern(OLD_TERM);
    }
  }

  @Test
  void elementsAreNeverParsedFromMarkup() throws IOException {
    for (Path module : modules()) {
      assertThat(Files.readString(module))
          .as(module.toString())
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write");
    }
  }

  private static List<Path> modules() throws IOException {
    return files(".js");
  }

  private static List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(PAGE)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(suffix))
          .filter(file -> !file.toString().endsWith(".svg"))
          .sorted()
          .toList();
    }
  }

  private static Set<String> names(Pattern pattern, String code) {
    return pattern
        .matcher(code)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> imported(String code) {
    return names(IMPORT, code).stream()
        .flatMap(list -> Arrays.stream(list.split(",")))
        .map(String::strip)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
