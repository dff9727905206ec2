package dev.sluice.common.route;

import dev.sluice.common.secret.SecretFile;
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

/** The rules that route settings keep, each broken one in a sentence with its property. */
final class RouteRules {
  /**
   * With the minutes that a task waits in a worker before its call it stays below RabbitMQ's
   * consumer_timeout.
   */
  private static final Duration LONGEST_CALL = Duration.ofMinutes(14);

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern SENDABLE = Pattern.compile("[!-~]*");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*)}");
  private static final long MOST_TOKENS = 1_000_000_000_000L;
  private static final Duration DAY = Duration.ofHours(24);

  private final List<String> problems = new ArrayList<>();

  private RouteRules() {}

  static List<String> problems(List<RouteSettings> routes) {
    RouteRules rules = new RouteRules();
    if (routes.isEmpty()) {
      rules.problems.add("sluice.routes is empty: at least one route is needed");
    }
    Set<String> names = new HashSet<>();
    Set<String> models = new HashSet<>();
    for (int i = 0; i < routes.size(); i++) {
      String at = "sluice.routes[" + i + "].";
      RouteSettings route = routes.get(i);
      rules.check(at, route);
      if (!names.add(String.valueOf(route.name()))) {
        rules.problems.add(at + "name (" + route.name() + ") is taken by an earlier route");
      }
      for (String model : route.models()) {
        if (!models.add(model)) {
          rules.problems.add(at + "models (" + model + ") is taken by an earlier route");
        }
      }
    }
    return rules.problems;
  }

  private void check(String at, RouteSettings route) {
    name(at + "name", route.name());
    if (route.models().isEmpty()) {
      problems.add(at + "models is empty: name the models, or * for all");
    }
    provider(at + "provider", route.provider());
    within(at + "concurrency", route.concurrency(), 1, 1000);
    within(at + "live-concurrency", route.liveConcurrency(), 1, 1000);
    within(at + "max-attempts", route.maxAttempts(), 1, 100);
    within(at + "window", route.window(), 1, 1_000_000);
    RouteSettings.Limits limits = route.limits();
    within(at + "limits.requests-per-minute", limits.requestsPerMinute(), 0, Integer.MAX_VALUE);
    within(at + "limits.tokens-per-minute", limits.tokensPerMinute(), 0, MOST_TOKENS);
    within(at + "limits.input-tokens-per-minute", limits.inputTokensPerMinute(), 0, MOST_TOKENS);
    within(at + "limits.output-tokens-per-minute", limits.outputTokensPerMinute(), 0, MOST_TOKENS);
    within(at + "fleet-concurrency", route.fleetConcurrency(), 0, 100_000);
    context(at + "context", route.context());
    answers(at + "answers", route.answers());
    breaker(at + "breaker", route.breaker());
    backoff(at + "backoff", route.backoff());
    prices(at + "prices", route.prices());
  }

  private void name(String property, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      problems.add(property + " (" + name + ") is not 1-64 of small letters, digits and hyphens");
    }
  }

  private void provider(String property, @Nullable Provider provider) {
    URI url = provider == null ? null : provider.url();
    if (provider == null || url == null) {
      problems.add(property + ".url is missing: the provider's base URL is required");
      return;
    }
    String scheme = url.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || url.getHost() == null) {
      problems.add(
          property + ".url (" + withoutLogin(url) + ") is not an http or https URL with a host");
    }
    if (url.getRawUserInfo() != null && url.getScheme().startsWith("http")) {
      problems.add(property + ".url holds a login, which is not sent: give the key as api-key");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.add(property + ".url has a part behind ? or #: name the path alone");
    }
    if (!SENDABLE.matcher(provider.apiKey()).matches()) {
      problems.add(
          property
              + ".api-key has a space, line end or other character that no key has: look at how it is made");
    }
    String unset = unsetVariable(provider.apiKey());
    if (unset != null) {
      problems.add(
          property + ".api-key names the environment variable " + unset + ", which is not set");
    }
    keyFile(property, provider);
    positive(property + ".connect-timeout", provider.connectTimeout());
    positive(property + ".call-timeout", provider.callTimeout());
    if (provider.callTimeout().compareTo(LONGEST_CALL) > 0) {
      problems.add(
          "%s.call-timeout (%s) is above %s: a broker takes a task back that is not settled within 30m"
              .formatted(property, text(provider.callTimeout()), text(LONGEST_CALL)));
    }
  }

  private static String withoutLogin(URI url) {
    return url.toString().replaceFirst("//[^/]*@", "//***@");
  }

  private void keyFile(String property, Provider provider) {
    Path file = provider.apiKeyFile();
    if (file == null) {
      return;
    }
    SecretFile.problem(file)
        .ifPresent(why -> problems.add("%s.api-key-file (%s) %s".formatted(property, file, why)));
    if (!provider.apiKey().isEmpty()) {
      problems.add(
          "%s.api-key and %s.api-key-file are both set: leave one out"
              .formatted(property, property));
    }
  }

  /** The variable that a value still names; null where none is left. */
  private static @Nullable String unsetVariable(String value) {
    Matcher left = PLACEHOLDER.matcher(value);
    return left.find() ? left.group(1) : null;
  }

  private void context(String property, RouteSettings.Context context) {
    within(property + ".window", context.window(), 0, MOST_TOKENS);
    if (context.window() == 0 && context.overflow() == RouteSettings.Context.Overflow.TRIM) {
      problems.add("%s.overflow (trim) needs %s.window, in tokens".formatted(property, property));
    }
  }

  private void answers(String property, List<ErrorRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      String at = property + "[" + i + "].";
      ErrorRule rule = rules.get(i);
      if (rule.status() / 100 == 2) {
        problems.add(at + "status (" + rule.status() + ") is no error: its reply is the result");
      } else if (rule.status() != 0) {
        within(at + "status", rule.status(), 100, 599);
      } else if (rule.code().isEmpty() && rule.message().isEmpty()) {
        problems.add(at + "status, code and message are missing: name at least one of them");
      }
      if (rule.means() == null) {
        problems.add(at + "means is missing: say what such an answer means");
      }
    }
  }

  private void breaker(String property, RouteSettings.Breaker breaker) {
    within(property + ".failures", breaker.failures(), 2, 1000);
    positive(property + ".probe-after", breaker.probeAfter());
    if (breaker.probeCap().compareTo(breaker.probeAfter()) < 0) {
      problems.add(
          "%s.probe-cap (%s) is below %s.probe-after (%s)"
              .formatted(property, text(breaker.probeCap()), property, text(breaker.probeAfter())));
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
        problems.add(at + "model (" + price.model() + ") has a price already");
      }
      price(at + "input-per-million", price.inputPerMillion());
      price(at + "output-per-million", price.outputPerMillion());
      if (price.asOf() == null) {
        problems.add(at + "as-of is missing: say on which day the price was read");
      }
    }
  }

  private void price(String property, @Nullable BigDecimal dollars) {
    if (dollars == null) {
      problems.add(property + " is missing: dollars for a million tokens");
    } else if (dollars.signum() < 0) {
      problems.add(property + " (" + dollars + ") is below 0");
    }
  }

  private void positive(String property, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      problems.add("%s (%s) is not above 0".formatted(property, text(duration)));
    }
  }

  private void within(String property, long value, long least, long most) {
    if (value < least || value > most) {
      problems.add("%s (%d) is not within %d-%d".formatted(property, value, least, most));
    }
  }

  /** As it is written in the settings: 1m30s rather than PT1M30S. */
  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
