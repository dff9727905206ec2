package dev.sluice.worker.classify;

import dev.sluice.common.route.ErrorMeaning;
import dev.sluice.common.route.ErrorRule;
import dev.sluice.common.route.RouteSettings;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a route's provider means by its errors: the route's own rules, then those of its provider's
 * dialect, then the status. The first that fits decides.
 */
final class ErrorRuleTable {
  private final List<ErrorRule> rules;

  ErrorRuleTable(RouteSettings route) {
    List<ErrorRule> dialect = ProviderErrorRules.of(route.provider().dialect());
    this.rules = Stream.concat(route.answers().stream(), dialect.stream()).toList();
  }

  ErrorMeaning meaning(int status, ProviderError error) {
    return rules.stream()
        .filter(rule -> fits(rule, status, error))
        .findFirst()
        .map(ErrorRule::means)
        .orElseGet(() -> ProviderErrorRules.byStatus(status));
  }

  private static boolean fits(ErrorRule rule, int status, ProviderError error) {
    return (rule.status() == 0 || rule.status() == status)
        && (rule.code().isEmpty() || error.hasName(rule.code()))
        && (rule.message().isEmpty() || error.says(rule.message()));
  }
}
