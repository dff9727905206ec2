package dev.sluice.worker.classify;

import static dev.sluice.worker.limit.rate.LimitKind.INPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.OUTPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.REQUESTS;
import static dev.sluice.worker.limit.rate.LimitKind.TOKENS;

import dev.sluice.platform.route.ProviderDialect;
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
 * Reads the advertised limits from reply headers: limit, remaining, and the time until the limit is
 * fully available again.
 *
 * <ul>
 *   <li>OpenAI, Azure, Groq: {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}; the
 *       reset is a duration such as {@code 6m0s} or, at Azure, a number of seconds. See <a
 *       href="https://platform.openai.com/docs/guides/rate-limits">rate limits</a>.
 *   <li>Anthropic: {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-…}; the
 *       reset is an RFC 3339 timestamp. See <a
 *       href="https://docs.claude.com/en/api/rate-limits#response-headers">response headers</a>.
 *   <li>Gateways: {@code RateLimit-*} of the IETF drafts and {@code X-RateLimit-*} of Envoy, if
 *       they name the window ({@code w=60}).
 * </ul>
 *
 * <p>Invalid values are ignored: Azure sometimes sends limits of -1 and 0.
 */
public final class RateLimitHeaderReader {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** A per-minute limit is fully available again within this time, unless it is overspent. */
  private static final Duration MAX_MINUTE_RESET = Duration.ofSeconds(61);

  /** Assumed maximum recovery time of an overspent per-minute limit; more means a daily limit. */
  private static final Duration MAX_OVERSPENT_RESET = Duration.ofHours(1);

  /** A larger value is not a duration but, for example, seconds since 1970. */
  private static final Duration MAX_RESET = Duration.ofDays(31);

  private static final Pattern AMOUNT = Pattern.compile("\\d{1,15}");
  private static final Pattern WINDOW = Pattern.compile(";\\s*w=(\\d{1,6})(?!\\d)");

  private static final List<HeaderNames> PROVIDERS =
      List.of(
          HeaderNames.openai(REQUESTS, "requests"),
          HeaderNames.openai(TOKENS, "tokens"),
          HeaderNames.anthropic(REQUESTS, "requests"),
          HeaderNames.anthropic(TOKENS, "tokens"),
          HeaderNames.anthropic(INPUT_TOKENS, "input-tokens"),
          HeaderNames.anthropic(OUTPUT_TOKENS, "output-tokens"));

  private static final List<HeaderNames> GATEWAYS =
      List.of(HeaderNames.gateway("ratelimit"), HeaderNames.gateway("x-ratelimit"));

  private final boolean requestsPerDay;

  /**
   * @param dialect the provider's dialect; Groq advertises requests per day in the headers that
   *     others use for requests per minute
   */
  public RateLimitHeaderReader(ProviderDialect dialect) {
    this.requestsPerDay = dialect == ProviderDialect.GROQ;
  }

  /**
   * The limits that a reply advertises; {@link AdvertisedLimits#UNKNOWN} if none. Never throws, and
   * does not read the body.
   *
   * @param now the time against which reset timestamps are resolved
   */
  public AdvertisedLimits read(Answered reply, Instant now) {
    Map<LimitKind, AdvertisedLimit> limits = new EnumMap<>(LimitKind.class);
    for (HeaderNames headerNames : PROVIDERS) {
      amount(reply, headerNames.limit())
          .ifPresent(
              limit ->
                  limits.putIfAbsent(
                      headerNames.limitKind(), advertisedLimit(reply, headerNames, limit, now)));
    }
    if (!limits.containsKey(REQUESTS)) {
      GATEWAYS.stream()
          .flatMap(headerNames -> gatewayLimit(reply, headerNames, now).stream())
          .findFirst()
          .ifPresent(advertisedLimit -> limits.put(REQUESTS, advertisedLimit));
    }
    return limits.isEmpty() ? AdvertisedLimits.UNKNOWN : new AdvertisedLimits(limits);
  }

  private AdvertisedLimit advertisedLimit(
      Answered reply, HeaderNames headerNames, long limit, Instant now) {
    Long remaining = remaining(reply, headerNames, limit);
    Duration reset = reset(reply, headerNames, now);
    boolean daily =
        !headerNames.perMinute()
            && ((requestsPerDay && headerNames.limitKind() == REQUESTS)
                || isDaily(limit, remaining, reset));
    return new AdvertisedLimit(limit, daily ? DAY : MINUTE, remaining, reset);
  }

  /**
   * OpenAI's headers do not distinguish per-minute from daily limits (used on its lower tiers). But
   * one request of a limit of 200 per day takes 7m12s to refill. A per-minute limit that was just
   * lowered is overspent and takes minutes to refill, not hours.
   */
  private static boolean isDaily(long limit, @Nullable Long remaining, @Nullable Duration reset) {
    if (reset == null || reset.compareTo(MAX_MINUTE_RESET) <= 0) {
      return false;
    }
    long used = Math.max(1, limit - (remaining == null ? 0 : remaining));
    double secondsForFullRefill = (double) reset.toSeconds() * limit / used;
    return secondsForFullRefill >= MAX_OVERSPENT_RESET.toSeconds();
  }

  private static Optional<AdvertisedLimit> gatewayLimit(
      Answered reply, HeaderNames headerNames, Instant now) {
    String limit = reply.header(headerNames.limit()).orElse("");
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
                remaining(reply, headerNames, amount.get()),
                reset(reply, headerNames, now)))
        : Optional.empty();
  }

  private static @Nullable Long remaining(Answered reply, HeaderNames headerNames, long limit) {
    return reply
        .header(headerNames.remaining())
        .flatMap(RateLimitHeaderReader::number)
        .map(remaining -> Math.min(remaining, limit))
        .orElse(null);
  }

  private static @Nullable Duration reset(Answered reply, HeaderNames headerNames, Instant now) {
    return reply
        .header(headerNames.reset())
        .flatMap(text -> untilTimestamp(text, now).or(() -> ProviderDuration.parse(text)))
        .filter(reset -> reset.compareTo(MAX_RESET) <= 0)
        .orElse(null);
  }

  private static Optional<Duration> untilTimestamp(String text, Instant now) {
    if (text.indexOf('T') < 0) {
      return Optional.empty(); // the common case: a duration
    }
    try {
      Duration until = Duration.between(now, Instant.parse(text.strip()));
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException | ArithmeticException notATimestamp) {
      return Optional.empty();
    }
  }

  private static Optional<Long> amount(Answered reply, String header) {
    return reply.header(header).flatMap(RateLimitHeaderReader::amount);
  }

  /** A limit: at least 1, else empty. */
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
   * The three headers of one limit.
   *
   * @param perMinute whether the limit is always per minute. It is not derived from a reset
   *     timestamp, because clock skew could make it look like a daily limit.
   */
  private record HeaderNames(
      LimitKind limitKind, String limit, String remaining, String reset, boolean perMinute) {

    static HeaderNames openai(LimitKind limitKind, String name) {
      return new HeaderNames(
          limitKind,
          "x-ratelimit-limit-" + name,
          "x-ratelimit-remaining-" + name,
          "x-ratelimit-reset-" + name,
          false);
    }

    static HeaderNames anthropic(LimitKind limitKind, String name) {
      String prefix = "anthropic-ratelimit-" + name;
      return new HeaderNames(
          limitKind, prefix + "-limit", prefix + "-remaining", prefix + "-reset", true);
    }

    static HeaderNames gateway(String prefix) {
      return new HeaderNames(
          REQUESTS, prefix + "-limit", prefix + "-remaining", prefix + "-reset", false);
    }
  }
}
