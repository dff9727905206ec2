package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.platform.route.ErrorMeaning;
import dev.sluice.platform.route.ErrorRule;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.platform.route.TestRoutes;
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

class ProviderErrorRulesTest {
  private static final Set<ErrorMeaning> AFFECTS_ONE_TASK =
      Set.of(
          ErrorMeaning.INVALID_REQUEST,
          ErrorMeaning.REQUEST_TOO_LARGE,
          ErrorMeaning.CONTEXT_LENGTH_EXCEEDED,
          ErrorMeaning.CONTENT_FILTERED);

  @ParameterizedTest
  @EnumSource(value = ProviderDialect.class, mode = Mode.EXCLUDE, names = "AUTO")
  void everyRuleMatchesErrorThatItDescribes(ProviderDialect dialect) {
    ErrorRuleTable table =
        new ErrorRuleTable(TestRoutes.route("r", Map.of("provider.dialect", dialect)));

    for (ErrorRule rule : ProviderErrorRules.of(dialect)) {
      int status = rule.status() == 0 ? 418 : rule.status();
      ProviderError error = error(rule, text(rule));
      assertThat(table.meaning(status, error)).as("%s", rule).isEqualTo(rule.means());
    }
  }

  /** A provider may quote the request in its message. */
  @ParameterizedTest
  @EnumSource(value = ProviderDialect.class, mode = Mode.EXCLUDE, names = "AUTO")
  void quotedTextHasNoEffectOnOtherTasks(ProviderDialect dialect) {
    for (ErrorRule rule : ProviderErrorRules.of(dialect)) {
      if (rule.message().isEmpty() || AFFECTS_ONE_TASK.contains(rule.means())) {
        continue;
      }
      ProviderError error = error(rule, "invalid value: '" + text(rule) + "'");
      assertThat(error.hasMessage(rule.message())).as("%s", rule).isFalse();
    }
  }

  private static ProviderError error(ErrorRule rule, String message) {
    return new ProviderError(Set.of(rule.code()), List.of(message), "", List.of(), "");
  }

  private static String text(ErrorRule rule) {
    return rule.message().toLowerCase(Locale.ROOT).replace("*", "x");
  }

  @ParameterizedTest
  @EnumSource(value = ProviderDialect.class, mode = Mode.EXCLUDE, names = "AUTO")
  void docsListEveryRuleInOrder(ProviderDialect dialect) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "providers.md"));
    String section = docs.split("### `" + kebab(dialect) + "`\n", 2)[1].split("\n##", 2)[0];
    List<String> rows =
        section
            .lines()
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .toList(); // skip the table header

    assertThat(rows)
        .containsExactlyElementsOf(
            ProviderErrorRules.dialectRules(dialect).stream()
                .map(ProviderErrorRulesTest::row)
                .toList());
  }

  private static String row(ErrorRule rule) {
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
