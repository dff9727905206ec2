package dev.sluice.worker.classify;

import static dev.sluice.worker.limit.rate.LimitKind.INPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.OUTPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.REQUESTS;
import static dev.sluice.worker.limit.rate.LimitKind.TOKENS;

import dev.sluice.common.route.ProviderDialect;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a reply's headers what its provider tells of its limits: how much, what is left of it,
 * and when nothing of it will be spent any more.
 *
 * <ul>
 *   <li>OpenAI, Azure, Groq: {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}; the
 *       reset is a span such as {@code 6m0s} or, at Azure, a number of seconds. See <a
 *       href="https://platform.openai.com/docs/guides/rate-limits">rate limits</a>.
 *   <li>Anthropic: {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-…}; the
 *       reset is a time of RFC 3339. See <a
 *       href="https://docs.claude.com/en/api/rate-limits#response-headers">response headers</a>.
 *   <li>Gateways before others: {@code RateLimit-*} of the IETF's drafts and {@code X-RateLimit-*}
 *       of Envoy, where they name the window ({@code w=60}).
 * </ul>
 *
 * <p>What makes no sense is passed over: Azure answers with limits of -1 and 0 at times.
 */
public final class RateLimitHeaderReader {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** No longer than this a minute's limit needs to be whole again, unless it is overspent. */
  private static final Duration LONGEST_RESET_OF_A_MINUTE = Duration.ofSeconds(61);

  /** Nobody overspends a minute's limit by more than this. */
  private static final Duration LONGEST_DEBT = Duration.ofHours(1);

  /** A reset further ahead is no span but something else, such as seconds since 1970. */
  private static final Duration LONGEST_RESET = Duration.ofDays(31);

  private static final Pattern AMOUNT = Pattern.compile("\\d{1,15}");
  private static final Pattern WINDOW = Pattern.compile(";\\s*w=(\\d{1,6})(?!\\d)");

  private static final List<HeaderSource> SOURCES =
      List.of(
          HeaderSource.openai(REQUESTS, "requests"),
          HeaderSource.openai(TOKENS, "tokens"),
          HeaderSource.anthropic(REQUESTS, "requests"),
          HeaderSource.anthropic(TOKENS, "tokens"),
          HeaderSource.anthropic(INPUT_TOKENS, "input-tokens"),
          HeaderSource.anthropic(OUTPUT_TOKENS, "output-tokens"));

  private static final List<HeaderSource> GATEWAYS =
      List.of(HeaderSource.gateway("ratelimit"), HeaderSource.gateway("x-ratelimit"));

  private final boolean requestsAreOfADay;

  /**
   * @param dialect whose headers they are; Groq counts requests per day under the names that others
   *     use for a minute
   */
  public RateLimitHeaderReader(ProviderDialect dialect) {
    this.requestsAreOfADay = dialect == ProviderDialect.GROQ;
  }

  /**
   * What a reply tells, {@link AdvertisedLimits#UNKNOWN} where it tells nothing. Never throws, and
   * does not read the body.
   *
   * @param now for resets that are a time
   */
  public AdvertisedLimits read(Answered reply, Instant now) {
    Map<LimitKind, AdvertisedLimit> levels = new EnumMap<>(LimitKind.class);
    for (HeaderSource headerSource : SOURCES) {
      amount(reply, headerSource.limit())
          .ifPresent(
              limit ->
                  levels.putIfAbsent(
                      headerSource.dimension(), level(reply, headerSource, limit, now)));
    }
    if (!levels.containsKey(REQUESTS)) {
      GATEWAYS.stream()
          .flatMap(headerSource -> ofAGateway(reply, headerSource, now).stream())
          .findFirst()
          .ifPresent(advertisedLimit -> levels.put(REQUESTS, advertisedLimit));
    }
    return levels.isEmpty() ? AdvertisedLimits.UNKNOWN : new AdvertisedLimits(levels);
  }

  private AdvertisedLimit level(
      Answered reply, HeaderSource headerSource, long limit, Instant now) {
    Long left = left(reply, headerSource, limit);
    Duration reset = reset(reply, headerSource, now);
    boolean isOfADay =
        !headerSource.isOfAMinute()
            && ((requestsAreOfADay && headerSource.dimension() == REQUESTS)
                || looksLikeADay(limit, left, reset));
    return new AdvertisedLimit(limit, isOfADay ? DAY : MINUTE, left, reset);
  }

  /**
   * OpenAI's headers do not say whether they tell a minute's limit or a day's (as it has on its
   * lower tiers), but one of 200 a day takes 7m12s to come back. A limit that was lowered is
   * overspent for a while: that makes a minute two, and no day.
   */
  private static boolean looksLikeADay(long limit, @Nullable Long left, @Nullable Duration reset) {
    if (reset == null || reset.compareTo(LONGEST_RESET_OF_A_MINUTE) <= 0) {
      return false;
    }
    long used = Math.max(1, limit - (left == null ? 0 : left));
    double secondsForAllOfIt = (double) reset.toSeconds() * limit / used;
    return secondsForAllOfIt >= LONGEST_DEBT.toSeconds();
  }

  private static Optional<AdvertisedLimit> ofAGateway(
      Answered reply, HeaderSource headerSource, Instant now) {
    String limit = reply.header(headerSource.limit()).orElse("");
    String policy = limit + reply.header("ratelimit-policy").orElse("");
    Matcher window = WINDOW.matcher(policy);
    Optional<Long> amount = amount(limit.split("[,;]", 2)[0]);
    if (amount.isEmpty() || !window.find()) {
      return Optional.empty();
    }
    Duration per = Duration.ofSeconds(Long.parseLong(window.group(1)));
    return per.isPositive()
        ? Optional.of(
            new AdvertisedLimit(
                amount.get(),
                per,
                left(reply, headerSource, amount.get()),
                reset(reply, headerSource, now)))
        : Optional.empty();
  }

  private static @Nullable Long left(Answered reply, HeaderSource headerSource, long limit) {
    return reply
        .header(headerSource.remaining())
        .flatMap(RateLimitHeaderReader::number)
        .map(left -> Math.min(left, limit))
        .orElse(null);
  }

  private static @Nullable Duration reset(Answered reply, HeaderSource headerSource, Instant now) {
    return reply
        .header(headerSource.reset())
        .flatMap(text -> time(text, now).or(() -> ProviderDuration.parse(text)))
        .filter(reset -> reset.compareTo(LONGEST_RESET) <= 0)
        .orElse(null);
  }

  private static Optional<Duration> time(String text, Instant now) {
    if (text.indexOf('T') < 0) {
      return Optional.empty(); // the common case: a span
    }
    try {
      Duration until = Duration.between(now, Instant.parse(text.strip()));
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException | ArithmeticException noTime) {
      return Optional.empty();
    }
  }

  private static Optional<Long> amount(Answered reply, String header) {
    return reply.header(header).flatMap(RateLimitHeaderReader::amount);
  }

  /** A limit, at least 1. */
  private static Optional<Long> amount(String text) {
    return number(text).filter(number -> number > 0);
  }

  private static Optional<Long> number(String text) {
    String stripped = text.strip();
    return AMOUNT.matcher(stripped).matches()
        ? Optional.of(Long.parseLong(stripped))
        : Optional.empty();
  }

  /**
   * The three headers in which a provider tells one limit.
   *
   * @param isOfAMinute whether it is so for certain; where the reset is a time, two clocks that
   *     differ would make a day of it
   */
  private record HeaderSource(
      LimitKind dimension, String limit, String remaining, String reset, boolean isOfAMinute) {

    static HeaderSource openai(LimitKind limitKind, String name) {
      return new HeaderSource(
          limitKind,
          "x-ratelimit-limit-" + name,
          "x-ratelimit-remaining-" + name,
          "x-ratelimit-reset-" + name,
          false);
    }

    static HeaderSource anthropic(LimitKind limitKind, String name) {
      String prefix = "anthropic-ratelimit-" + name;
      return new HeaderSource(
          limitKind, prefix + "-limit", prefix + "-remaining", prefix + "-reset", true);
    }

    static HeaderSource gateway(String prefix) {
      return new HeaderSource(
          REQUESTS, prefix + "-limit", prefix + "-remaining", prefix + "-reset", false);
    }
  }
}
