package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.route.AnswerRule;
import dev.sluice.common.route.Dialect;
import dev.sluice.common.route.TestRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class DialectRulesTest {

  @ParameterizedTest
  @EnumSource(value = Dialect.class, mode = Mode.EXCLUDE, names = "AUTO")
  void everyRuleDecidesTheAnswerThatItDescribes(Dialect dialect) {
    AnswerTable table = new AnswerTable(TestRoutes.route("r", Map.of("provider.dialect", dialect)));

    for (AnswerRule rule : DialectRules.of(dialect)) {
      int status = rule.status() == 0 ? 418 : rule.status();
      String message = rule.message().toLowerCase(Locale.ROOT);
      ProviderError error = new ProviderError(Set.of(rule.code()), message, "");
      assertThat(table.meaning(status, error)).as("%s", rule).isEqualTo(rule.means());
    }
  }

  @ParameterizedTest
  @EnumSource(value = Dialect.class, mode = Mode.EXCLUDE, names = "AUTO")
  void theDocsTellEveryRuleInItsOrder(Dialect dialect) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "providers.md"));
    String section = docs.split("### `" + kebab(dialect) + "`\n", 2)[1].split("\n##", 2)[0];
    List<String> rows =
        section.lines().filter(line -> line.startsWith("|")).skip(2).toList(); // without its head

    assertThat(rows)
        .containsExactlyElementsOf(
            DialectRules.own(dialect).stream().map(DialectRulesTest::row).toList());
  }

  private static String row(AnswerRule rule) {
    return "| %s | %s | %s | `%s` |"
        .formatted(
            rule.status() == 0 ? "any" : rule.status(),
            rule.code().isEmpty() ? "" : "`" + rule.code() + "`",
            rule.message(),
            kebab(rule.means()));
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
