package dev.sluice.platform.route;

import dev.sluice.platform.secret.SecretFile;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates route settings; each violation is one message that names the property. */
final class RouteRules {
  private static final Duration MAX_CALL_TIMEOUT = Provider.MAX_CALL_TIMEOUT;

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]*");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*)}");
  private static final long MAX_TOKENS = 1_000_000_000_000L;
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MAX_BEFORE_DEADLINE = Duration.ofDays(30);

  private final List<String> problems = new ArrayList<>();

  private RouteRules() {}

  static List<String> problems(List<RouteSettings> routes) {
    RouteRules rules = new RouteRules();
    if (routes.isEmpty()) {
      rules.problems.add("sluice.routes is empty: configure at least one route");
    }
    Set<String> names = new HashSet<>();
    Set<String> models = new HashSet<>();
    for (int i = 0; i < routes.size(); i++) {
      String at = "sluice.routes[" + i + "].";
      RouteSettings route = routes.get(i);
      rules.check(at, route);
      if (!names.add(String.valueOf(route.name()))) {
        rules.problems.add(at + "name (" + route.name() + ") is used by an earlier route");
      }
      for (String model : route.models()) {
        if (!models.add(model)) {
          rules.problems.add(at + "models (" + model + ") is used by an earlier route");
        }
      }
    }
    return rules.problems;
  }

  private void check(String at, RouteSettings route) {
    name(at + "name", route.name());
    if (route.models().isEmpty()) {
      problems.add(at + "models is empty: list the models, or * for all");
    }
    provider(at + "provider", route);
    members(at, route);
    within(at + "concurrency", route.concurrency(), 1, 1000);
    within(at + "live-concurrency", route.liveConcurrency(), 1, 1000);
    within(at + "max-attempts", route.maxAttempts(), 1, 100);
    within(at + "max-tasks-in-broker", route.maxTasksInBroker(), 1, 1_000_000);
    RouteSettings.Limits limits = route.limits();
    within(at + "limits.requests-per-minute", limits.requestsPerMinute(), 0, Integer.MAX_VALUE);
    within(at + "limits.tokens-per-minute", limits.tokensPerMinute(), 0, MAX_TOKENS);
    within(at + "limits.input-tokens-per-minute", limits.inputTokensPerMinute(), 0, MAX_TOKENS);
    within(at + "limits.output-tokens-per-minute", limits.outputTokensPerMinute(), 0, MAX_TOKENS);
    within(at + "fleet-concurrency", route.fleetConcurrency(), 0, 100_000);
    context(at + "context", route.context());
    errorRules(at + "error-rules", route.errorRules());
    tierFallback(at + "tier-fallback", route.tierFallback());
    breaker(at + "breaker", route.breaker());
    backoff(at + "backoff", route.backoff());
    prices(at + "prices", route.prices());
  }

  private void name(String property, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      problems.add(
          property + " (" + name + ") must be 1-64 lower-case letters, digits and hyphens");
    }
  }

  private void provider(String property, RouteSettings route) {
    Provider provider = route.provider();
    if (route.members().stream().allMatch(member -> member.url() == null)) {
      url(property + ".url", provider.url());
    }
    key(property, provider.apiKey(), provider.apiKeyFile());
    problems.addAll(CallExtras.problems(property, provider));
    positive(property + ".connect-timeout", provider.connectTimeout());
    positive(property + ".call-timeout", provider.callTimeout());
    if (provider.callTimeout().compareTo(MAX_CALL_TIMEOUT) > 0) {
      problems.add(
          "%s.call-timeout (%s) is above %s: RabbitMQ requeues a task that is not acknowledged within 30m"
              .formatted(property, text(provider.callTimeout()), text(MAX_CALL_TIMEOUT)));
    }
  }

  private void members(String at, RouteSettings route) {
    within(at + "members", route.members().size(), 0, RouteMember.MAX_MEMBERS);
    Set<String> names = new HashSet<>();
    boolean haveUrls = route.members().stream().anyMatch(member -> member.url() != null);
    if (haveUrls && route.provider().url() != null) {
      problems.add(
          "%sprovider.url and the url of a member are both set: remove provider.url, or the url of each member"
              .formatted(at));
    }
    for (int i = 0; i < route.members().size(); i++) {
      RouteMember member = route.members().get(i);
      String property = at + "members[" + i + "]";
      name(property + ".name", member.name());
      if (!names.add(String.valueOf(member.name()))) {
        problems.add(property + ".name (" + member.name() + ") is used by an earlier member");
      }
      if (haveUrls) {
        url(property + ".url", member.url());
      }
      key(property, member.apiKey(), member.apiKeyFile());
      within(property + ".order", member.order(), 1, 100);
      if (!member.account().isEmpty()) {
        name(property + ".account", member.account());
      }
      if (member.model().length() > Routes.MAX_MODEL_LENGTH) {
        problems.add(
            "%s.model has %d characters; the maximum is %d"
                .formatted(property, member.model().length(), Routes.MAX_MODEL_LENGTH));
      }
    }
  }

  private void url(String property, @Nullable URI url) {
    if (url == null) {
      problems.add(property + " is required: set the provider's base URL");
      return;
    }
    String scheme = url.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || url.getHost() == null) {
      problems.add(
          property + " (" + withoutCredentials(url) + ") is not an http or https URL with a host");
    }
    if (url.getRawUserInfo() != null && scheme != null && scheme.startsWith("http")) {
      problems.add(property + " contains credentials, which are not sent: set the key as api-key");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.add(property + " has a query or fragment: remove the part after ? or #");
    }
  }

  private void key(String property, String key, @Nullable Path file) {
    if (!HEADER_VALUE.matcher(key).matches()) {
      problems.add(
          property
              + ".api-key contains whitespace, a line break or a non-ASCII character: check its source");
    }
    String unset = unsetVariable(key);
    if (unset != null) {
      problems.add(
          property + ".api-key names the environment variable " + unset + ", which is not set");
    }
    if (file != null) {
      SecretFile.problem(file)
          .ifPresent(
              problem ->
                  problems.add("%s.api-key-file (%s) %s".formatted(property, file, problem)));
      if (!key.isEmpty()) {
        problems.add(
            "%s.api-key and %s.api-key-file are both set: remove one of them"
                .formatted(property, property));
      }
    }
  }

  private static String withoutCredentials(URI url) {
    return url.toString().replaceFirst("//[^/]*@", "//***@");
  }

  /** The environment variable of an unresolved placeholder; null if all were resolved. */
  private static @Nullable String unsetVariable(String value) {
    Matcher unresolved = PLACEHOLDER.matcher(value);
    return unresolved.find() ? unresolved.group(1) : null;
  }

  private void context(String property, RouteSettings.Context context) {
    within(property + ".max-tokens", context.maxTokens(), 0, MAX_TOKENS);
    if (context.maxTokens() == 0 && context.overflow() == RouteSettings.Context.Overflow.TRIM) {
      problems.add("%s.overflow (trim) requires %s.max-tokens".formatted(property, property));
    }
  }

  private void errorRules(String property, List<ErrorRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      String at = property + "[" + i + "].";
      ErrorRule rule = rules.get(i);
      if (rule.status() / 100 == 2) {
        problems.add(at + "status (" + rule.status() + ") is not an error status");
      } else if (rule.status() != 0) {
        within(at + "status", rule.status(), 100, 599);
      } else if (rule.code().isEmpty() && rule.message().isEmpty()) {
        problems.add(at + "status, code and message are missing: set at least one of them");
      }
      if (rule.means() == null) {
        problems.add(at + "means is required: set the meaning of the error");
      }
    }
  }

  private void tierFallback(String property, RouteSettings.TierFallback fallback) {
    Duration before = fallback.beforeDeadline();
    if (before.isNegative() || before.compareTo(MAX_BEFORE_DEADLINE) > 0) {
      problems.add(
          "%s.before-deadline (%s) is not within 0s-30d".formatted(property, text(before)));
    }
    within(property + ".after-refusals", fallback.afterRefusals(), 0, 1000);
  }

  private void breaker(String property, RouteSettings.Breaker breaker) {
    within(property + ".failures", breaker.failures(), 2, 1000);
    positive(property + ".probe-delay", breaker.probeDelay());
    if (breaker.probeDelayCap().compareTo(breaker.probeDelay()) < 0) {
      problems.add(
          "%s.probe-delay-cap (%s) is below %s.probe-delay (%s)"
              .formatted(
                  property, text(breaker.probeDelayCap()), property, text(breaker.probeDelay())));
    }
  }

  private void backoff(String property, RouteSettings.Backoff backoff) {
    positive(property + ".base", backoff.base());
    if (backoff.cap().compareTo(backoff.base()) < 0) {
      problems.add(
          "%s.cap (%s) is below %s.base (%s)"
              .formatted(property, text(backoff.cap()), property, text(backoff.base())));
    }
    if (backoff.cap().compareTo(DAY) > 0) {
      problems.add("%s.cap (%s) is above 24h".formatted(property, text(backoff.cap())));
    }
  }

  private void prices(String property, List<Price> prices) {
    Set<String> models = new HashSet<>();
    for (int i = 0; i < prices.size(); i++) {
      String at = property + "[" + i + "].";
      Price price = prices.get(i);
      if (!models.add(price.model())) {
        problems.add(at + "model (" + price.model() + ") already has a price");
      }
      price(at + "input-per-million", price.inputPerMillion());
      price(at + "output-per-million", price.outputPerMillion());
      optionalPrice(at + "cached-input-per-million", price.cachedInputPerMillion());
      optionalPrice(at + "cache-write-per-million", price.cacheWritePerMillion());
      price.tiers().forEach((tier, factor) -> optionalPrice(at + "tiers." + tier, factor));
      if (price.asOf() == null) {
        problems.add(at + "as-of is required: set the date of the price list");
      }
    }
  }

  private void price(String property, @Nullable BigDecimal dollars) {
    if (dollars == null) {
      problems.add(property + " is required: set the dollars per million tokens");
    }
    optionalPrice(property, dollars);
  }

  private void optionalPrice(String property, @Nullable BigDecimal dollars) {
    if (dollars != null && dollars.signum() < 0) {
      problems.add(property + " (" + dollars + ") is below 0");
    }
  }

  private void positive(String property, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      problems.add("%s (%s) must be above 0".formatted(property, text(duration)));
    }
  }

  private void within(String property, long value, long min, long max) {
    if (value < min || value > max) {
      problems.add("%s (%d) is not within %d-%d".formatted(property, value, min, max));
    }
  }

  /** The form used in settings files: 1m30s, not PT1M30S. */
  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
