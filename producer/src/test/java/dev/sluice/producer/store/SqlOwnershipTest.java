package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All SQL on the tables {@code tasks}, {@code batches} and {@code shares} is in this package. */
class SqlOwnershipTest {
  private static final Path MAIN = Path.of("src/main/java/dev/sluice/producer");

  /** Other classes with such SQL, and why. */
  private static final Map<String, String> ALLOWED =
      Map.of(
          "batch/cost/CostWriter.java",
          "inserts into its own table, and reads the project of the batch in the same statement",
          "deadletter/DeadLetterStore.java",
          "inserts into its own table, and reads batch and project of the task in the same statement");

  private static final Pattern SQL =
      Pattern.compile(
          "\\b(from|join|into|update|using|table|truncate|from only|update only|from \\w+ \\w+,|\\banalyze [^;\"]*[,)])"
              + "\\s*\\b(tasks|batches|shares)\\b",
          Pattern.CASE_INSENSITIVE);

  @Test
  void onlyThisPackageHasSqlOnItsTables() {
    assertThat(sources()).isNotEmpty();
    assertThat(sources().stream().filter(source -> !ALLOWED.containsKey(source)))
        .filteredOn(source -> !statements(withoutComments(MAIN.resolve(source))).isEmpty())
        .as("classes outside of store with SQL on its tables")
        .isEmpty();
  }

  @Test
  void theAllowedClassesExistAndNeedTheirPermission() {
    assertThat(ALLOWED.keySet())
        .allSatisfy(
            source -> assertThat(statements(withoutComments(MAIN.resolve(source)))).isNotEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from tasks where state = 'queued'",
        "update batches set status = 'failed'",
        "delete from shares where batch_id = :batch",
        "insert into tasks (id) values (?)",
        "\"insert \" + \"into \" + \"tasks (id) values (?)\"",
        "select * from files f\n  join batches b on b.id = f.batch_id",
        "SELECT * FROM tasks t",
        "update files f set bytes = 0 from locked l, batches b where b.id = l.id",
        "analyze (skip_locked) shares, batches",
      })
  void aStatementOutsideIsFound(String sql) {
    assertThat(statements(sql)).isNotEmpty();
  }

  private static List<String> statements(String source) {
    String oneLine = source.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", " ");
    return SQL.matcher(oneLine).results().map(MatchResult::group).toList();
  }

  private static List<String> sources() {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> MAIN.relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.startsWith("store/"))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String withoutComments(Path source) {
    try {
      return Files.readString(source).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
