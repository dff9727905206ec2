package dev.sluice.worker.classify;

import dev.sluice.platform.route.ErrorMeaning;
import dev.sluice.platform.route.ErrorRule;
import dev.sluice.platform.route.RouteSettings;
import java.util.List;
import java.util.stream.Stream;

/**
 * Maps a provider's error to its meaning. The first match decides: the route's own rules, then the
 * rules of the provider's dialect, then the HTTP status.
 */
final class ErrorRuleTable {
  private final List<ErrorRule> rules;

  ErrorRuleTable(RouteSettings route) {
    List<ErrorRule> dialect = ProviderErrorRules.of(route.provider().dialect());
    this.rules = Stream.concat(route.errorRules().stream(), dialect.stream()).toList();
  }

  ErrorMeaning meaning(int status, ProviderError error) {
    return rules.stream()
        .filter(rule -> matches(rule, status, error))
        .findFirst()
        .map(ErrorRule::means)
        .orElseGet(() -> ProviderErrorRules.byStatus(status));
  }

  private static boolean matches(ErrorRule rule, int status, ProviderError error) {
    return (rule.status() == 0 || rule.status() == status)
        && (rule.code().isEmpty() || error.hasName(rule.code()))
        && (rule.message().isEmpty() || error.hasMessage(rule.message()));
  }
}
