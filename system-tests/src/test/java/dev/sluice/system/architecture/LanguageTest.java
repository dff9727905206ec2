package dev.sluice.system.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vocabulary of docs/glossary.md in names, comments, messages, pages and documents. */
class LanguageTest {
  private static final Path ROOT = Checkout.root();
  private static final Set<String> SKIPPED_FOLDERS =
      Set.of("target", ".git", ".sluice", "node_modules", "samples", "golden", "migration");
  private static final String GLOSSARY = "glossary.md";

  /**
   * Words that must stay: database columns of released schemas, values of older wire versions, the
   * user of Unix.
   */
  private static final Set<String> EXCEPTIONS =
      Set.of("ResultRevisions.java: mended", "LegacyNames.java: told", "roots.sh: nobody");

  /** A row of the table of rejected words: a cell of nothing but words in backticks. */
  private static final Pattern ROW = Pattern.compile("^\\| ((?:`[^`]+`(?:, )?)+) \\|");

  private static final Pattern IN_BACKTICKS = Pattern.compile("`([^`]+)`");
  private static final Pattern JAVA_TOKEN =
      Pattern.compile(
          "//[^\\n]*|/\\*[\\s\\S]*?\\*/|\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\""
              + "|'(?:\\\\.|[^'\\\\])'|[A-Za-z_]\\w*");

  /** A dead letter without its first word, but not the characters of the alphabet. */
  private static final String LETTER =
      "(?<![\\w.-])(?<!dead[\\s*/-]{1,12})(?<!case )letters?\\b(?!,? (?:and )?digits)";

  /** A package comment must not describe dependencies: ArchitectureTest checks them. */
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "(?i)\\bdepend|\\bindependent|\\bimports?\\b|\\bknows?\\b|\\bused (?:only )?by\\b"
              + "|\\b(?:uses?|needs?|may use|refers? to) (?:only|no|nothing)\\b");

  private static final Pattern MARKDOWN_CODE =
      Pattern.compile("```[\\s\\S]*?```|`[^`\\n]*`|\\]\\([^)]*\\)");
  private static final Pattern HASH_COMMENT = Pattern.compile("#[^\\n]*");
  private static final Pattern SQL_COMMENT = Pattern.compile("--[^\\n]*");

  /** A line break within a comment or a paragraph, with the mark of the next comment line. */
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\n\\s*(?:\\*(?!/)|//|#|--)?\\s*");

  private static final Pattern WORD_OF_IDENTIFIER = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");

  @Test
  void simpleNamesOfClassesAreUnique() throws IOException {
    Map<String, List<Path>> byName =
        files(".java").stream()
            .filter(file -> !file.endsWith("package-info.java"))
            .collect(Collectors.groupingBy(file -> file.getFileName().toString()));

    assertThat(byName).isNotEmpty().allSatisfy((name, files) -> assertThat(files).hasSize(1));
  }

  @Test
  void noRejectedWordIsUsed() throws IOException {
    List<String> findings = new ArrayList<>();
    RejectedWords words = RejectedWords.ofGlossary();
    for (Path file : files("")) {
      String name = file.getFileName().toString();
      for (Finding finding : words.in(name, isMain(file), read(file))) {
        if (!EXCEPTIONS.contains(name + ": " + finding.word())) {
          findings.add(ROOT.relativize(file) + ": " + finding);
        }
      }
    }

    assertThat(findings).isEmpty();
  }

  @Test
  void packageCommentsClaimNoDependencies() throws IOException {
    assertThat(files(".java").stream().filter(file -> file.endsWith("package-info.java")))
        .isNotEmpty()
        .allSatisfy(file -> assertThat(comment(file)).doesNotContainPattern(DEPENDENCY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Depends on nothing.",
        "Knows only the wire contract.",
        "Uses only the package store.",
        "Needs no other package.",
        "Used by the worker.",
        "Does not import Spring.",
      })
  void everySentenceOnDependenciesIsFound(String sentence) {
    assertThat(sentence).containsPattern(DEPENDENCY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A.java        | class A { /** The told wait. */ }",
        "A.java        | class A { int toldWait; }",
        "A.java        | class A { String s = \"It goes on.\"; }",
        "page.js       | // nobody waits",
        "README.md     | The worker begins anew.",
        "values.yaml   | key: 1 # somebody reads it",
        "start.sh      | say \"nobody is there\"",
        "restore.sql   | -- tasks are queued anew",
        "A.java        | class A { /** Replays a letter. */ }",
        "README.md     | The count of ended tasks.",
        "Steering.java | class Steering {}",
      })
  void aRejectedWordIsFoundWhereverAPersonReadsIt(String file, String content) {
    assertThat(RejectedWords.ofGlossary().in(file, /* main= */ true, content)).hasSize(1);
  }

  @Test
  void aRejectedPhraseIsFoundAcrossLines() {
    assertThat(
            RejectedWords.ofGlossary()
                .in(
                    "A.java",
                    /* main= */ true,
                    "class A {\n  /**\n   * It goes\n   * on.\n   */\n}"))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A.java    | class A { /** Retry-After. */ int golden; }",
        "README.md | `told` is the old name.",
        "v.yaml    | told: 1",
        "A.java    | class A { /** A dead letter, dead * letters; lower-case letters. */ }",
        "README.md | 1-64 letters and digits",
      })
  void codeAndOtherWordsAreNotFindings(String file, String content) {
    assertThat(RejectedWords.ofGlossary().in(file, /* main= */ true, content)).isEmpty();
  }

  private record Finding(String word, String place) {}

  private record RejectedWords(Pattern phrase, Set<String> single) {

    static RejectedWords ofGlossary() {
      List<String> words =
          read(ROOT.resolve("docs").resolve(GLOSSARY))
              .lines()
              .dropWhile(line -> !line.startsWith("## Rejected words"))
              .flatMap(line -> ROW.matcher(line).results())
              .flatMap(row -> IN_BACKTICKS.matcher(row.group(1)).results())
              .map(word -> word.group(1).toLowerCase(Locale.ROOT))
              .toList();
      assertThat(words).hasSizeGreaterThan(30);
      String any = words.stream().map(Pattern::quote).collect(Collectors.joining("|"));
      return new RejectedWords(
          Pattern.compile(
              "(?<![\\w-])(?:" + any + ")(?![\\w-])|" + LETTER, Pattern.CASE_INSENSITIVE),
          words.stream()
              .filter(word -> word.chars().allMatch(Character::isLetter))
              .collect(Collectors.toSet()));
    }

    List<Finding> in(String file, boolean main, String content) {
      if (file.endsWith(".java") || file.endsWith(".js")) {
        return JAVA_TOKEN
            .matcher(content)
            .results()
            .flatMap(token -> inToken(token, main))
            .toList();
      }
      if (file.endsWith(".md")) {
        return file.equals(GLOSSARY)
            ? List.of()
            : inText(MARKDOWN_CODE.matcher(content).replaceAll(" ")).toList();
      }
      if (file.endsWith(".yaml") || file.endsWith(".yml") || file.endsWith(".properties")) {
        return inComments(HASH_COMMENT, content);
      }
      if (file.endsWith(".sql")) {
        return inComments(SQL_COMMENT, content);
      }
      if (file.endsWith(".sh") || content.startsWith("#!")) {
        return inText(content).toList();
      }
      return List.of();
    }

    private List<Finding> inComments(Pattern comment, String content) {
      return comment.matcher(content).results().flatMap(found -> inText(found.group())).toList();
    }

    private Stream<Finding> inToken(MatchResult token, boolean main) {
      String text = token.group();
      if (text.startsWith("/")) {
        return inText(text);
      }
      if (text.startsWith("\"") || text.startsWith("'")) {
        return main ? inText(text) : Stream.empty();
      }
      return WORD_OF_IDENTIFIER
          .matcher(text)
          .results()
          .map(word -> word.group().toLowerCase(Locale.ROOT))
          .filter(single::contains)
          .map(word -> new Finding(word, text));
    }

    private Stream<Finding> inText(String lines) {
      String text = LINE_BREAK.matcher(lines).replaceAll(" ");
      return phrase
          .matcher(text)
          .results()
          .map(
              found ->
                  new Finding(
                      found.group().toLowerCase(Locale.ROOT),
                      text.substring(
                          Math.max(0, found.start() - 30),
                          Math.min(text.length(), found.end() + 30))));
    }
  }

  /** The comment of a package, which precedes its imports; empty for none. */
  private static String comment(Path packageInfo) {
    String content = read(packageInfo);
    return content.substring(0, Math.max(0, content.indexOf("*/")));
  }

  private static boolean isMain(Path file) {
    return !file.toString().contains("/src/test/");
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !isSkipped(file) && isText(file))
          .toList();
    }
  }

  private static boolean isSkipped(Path file) {
    for (Path part : ROOT.relativize(file)) {
      if (SKIPPED_FOLDERS.contains(part.toString())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isText(Path file) {
    return Stream.of(".png", ".svg", ".jar", ".json", ".class")
        .noneMatch(ending -> file.toString().endsWith(ending));
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
