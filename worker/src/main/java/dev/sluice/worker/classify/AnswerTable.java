package dev.sluice.worker.classify;

import dev.sluice.common.route.AnswerMeaning;
import dev.sluice.common.route.AnswerRule;
import dev.sluice.common.route.RouteSettings;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a route's provider means by its errors: the route's own rules, then those of its provider's
 * dialect, then the status. The first that fits decides.
 */
final class AnswerTable {
  private final List<AnswerRule> rules;

  AnswerTable(RouteSettings route) {
    List<AnswerRule> dialect = DialectRules.of(route.provider().dialect());
    this.rules = Stream.concat(route.answers().stream(), dialect.stream()).toList();
  }

  AnswerMeaning meaning(int status, ProviderError error) {
    return rules.stream()
        .filter(rule -> fits(rule, status, error))
        .findFirst()
        .map(AnswerRule::means)
        .orElseGet(() -> DialectRules.byStatus(status));
  }

  private static boolean fits(AnswerRule rule, int status, ProviderError error) {
    return (rule.status() == 0 || rule.status() == status)
        && (rule.code().isEmpty() || error.hasName(rule.code()))
        && (rule.message().isEmpty() || error.says(rule.message()));
  }
}
