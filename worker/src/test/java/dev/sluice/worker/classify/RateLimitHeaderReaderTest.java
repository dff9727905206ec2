package dev.sluice.worker.classify;

import static dev.sluice.worker.limit.rate.LimitKind.INPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.OUTPUT_TOKENS;
import static dev.sluice.worker.limit.rate.LimitKind.REQUESTS;
import static dev.sluice.worker.limit.rate.LimitKind.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeaderReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void openaiAdvertisesRequestsAndTokensPerMinute() {
    AdvertisedLimits advertisedLimits =
        read(
            ProviderDialect.OPENAI,
            Map.of(
                "x-ratelimit-limit-requests", "5000",
                "x-ratelimit-remaining-requests", "4999",
                "x-ratelimit-reset-requests", "12ms",
                "x-ratelimit-limit-tokens", "160000",
                "x-ratelimit-remaining-tokens", "159976",
                "x-ratelimit-reset-tokens", "9ms"));

    assertThat(advertisedLimits.limits())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                REQUESTS, new AdvertisedLimit(5000, MINUTE, 4999L, Duration.ofMillis(12)),
                TOKENS, new AdvertisedLimit(160_000, MINUTE, 159_976L, Duration.ofMillis(9))));
  }

  @ParameterizedTest
  @CsvSource({
    "1s, PT1S",
    "6m0s, PT6M",
    "88ms, PT0.088S",
    "2m59.56s, PT2M59.56S",
    "1h0m0s, PT1H",
    "500µs, PT0.0005S",
    "0s, PT0S",
    "0, PT0S",
    "12, PT12S",
    "7.5, PT7.5S",
    "' 3s ', PT3S",
  })
  void resetIsDurationOrSeconds(String header, Duration reset) {
    assertThat(requests(ProviderDialect.OPENAI, "60", "59", header).reset()).isEqualTo(reset);
  }

  /** On OpenAI's lower tiers limits are daily: one request of 200 per day refills in 7m12s. */
  @ParameterizedTest
  @CsvSource({"200, 199, 7m12s", "200, 0, 24h0m0s", "10000, 9990, 1m26.4s", "1000, 0, 2h"})
  void limitThatRefillsInHoursIsDaily(String limit, String remaining, String reset) {
    assertThat(requests(ProviderDialect.OPENAI, limit, remaining, reset).per()).isEqualTo(DAY);
  }

  /** After a limit is lowered it is overspent, and the reset is minutes ahead. */
  @ParameterizedTest
  @CsvSource({"200, 0, 1m0s", "600, 0, 1m58s", "60, 0, 10m0s", "200, 199, soon", "60, 59, 1s"})
  void overspentLimitIsPerMinute(String limit, String remaining, String reset) {
    assertThat(requests(ProviderDialect.OPENAI, limit, remaining, reset).per()).isEqualTo(MINUTE);
  }

  @Test
  void groqAdvertisesRequestsPerDayAndTokensPerMinute() {
    AdvertisedLimits advertisedLimits =
        read(
            ProviderDialect.GROQ,
            Map.of(
                "x-ratelimit-limit-requests", "14400",
                "x-ratelimit-remaining-requests", "14399",
                "x-ratelimit-reset-requests", "6s",
                "x-ratelimit-limit-tokens", "18000",
                "x-ratelimit-remaining-tokens", "17997",
                "x-ratelimit-reset-tokens", "7.66s"));

    assertThat(advertisedLimits.limits())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                REQUESTS, new AdvertisedLimit(14_400, DAY, 14_399L, Duration.ofSeconds(6)),
                TOKENS, new AdvertisedLimit(18_000, MINUTE, 17_997L, Duration.ofMillis(7660))));
  }

  @Test
  void anthropicAdvertisesInputAndOutputWithTimestamps() {
    Map<String, String> headers = new HashMap<>();
    headers.put("anthropic-ratelimit-requests-limit", "50");
    headers.put("anthropic-ratelimit-requests-remaining", "49");
    headers.put("anthropic-ratelimit-requests-reset", "2026-11-01T10:00:01Z");
    headers.put("anthropic-ratelimit-tokens-limit", "38000");
    headers.put("anthropic-ratelimit-tokens-remaining", "38000");
    headers.put("anthropic-ratelimit-tokens-reset", "2026-11-01T10:00:00Z");
    headers.put("anthropic-ratelimit-input-tokens-limit", "30000");
    headers.put("anthropic-ratelimit-input-tokens-remaining", "0");
    headers.put("anthropic-ratelimit-input-tokens-reset", "2026-11-01T12:01:30.5+02:00");
    headers.put("anthropic-ratelimit-output-tokens-limit", "8000");
    headers.put("anthropic-ratelimit-output-tokens-remaining", "8000");
    headers.put("anthropic-ratelimit-output-tokens-reset", "2026-11-01T09:59:59Z");

    assertThat(read(ProviderDialect.ANTHROPIC, headers).limits())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                REQUESTS, new AdvertisedLimit(50, MINUTE, 49L, Duration.ofSeconds(1)),
                TOKENS, new AdvertisedLimit(38_000, MINUTE, 38_000L, Duration.ZERO),
                // clock skew: still a per-minute limit
                INPUT_TOKENS, new AdvertisedLimit(30_000, MINUTE, 0L, Duration.ofMillis(90_500)),
                OUTPUT_TOKENS, new AdvertisedLimit(8000, MINUTE, 8000L, Duration.ZERO)));
  }

  @Test
  void azureAdvertisesRemainingAndInNewerVersionsTheLimit() {
    assertThat(
            read(
                ProviderDialect.AZURE_OPENAI,
                Map.of(
                    "x-ratelimit-remaining-requests", "7",
                    "x-ratelimit-remaining-tokens", "1014")))
        .isEqualTo(AdvertisedLimits.UNKNOWN);
    assertThat(
            read(
                    ProviderDialect.AZURE_OPENAI,
                    Map.of(
                        "x-ratelimit-limit-tokens", "8000",
                        "x-ratelimit-remaining-tokens", "1014",
                        "x-ratelimit-reset-tokens", "20"))
                .limits())
        .containsExactly(
            Map.entry(TOKENS, new AdvertisedLimit(8000, MINUTE, 1014L, Duration.ofSeconds(20))));
  }

  @Test
  void gatewayAdvertisesItsWindow() {
    assertThat(
            read(
                    ProviderDialect.VLLM,
                    Map.of(
                        "ratelimit-limit", "100",
                        "ratelimit-policy", "100;w=10",
                        "ratelimit-remaining", "50",
                        "ratelimit-reset", "5"))
                .limits())
        .containsExactly(
            Map.entry(
                REQUESTS,
                new AdvertisedLimit(100, Duration.ofSeconds(10), 50L, Duration.ofSeconds(5))));
    assertThat(
            read(ProviderDialect.VLLM, Map.of("x-ratelimit-limit", "10, 10;w=60;name=\"x\""))
                .limits())
        .containsExactly(Map.entry(REQUESTS, new AdvertisedLimit(10, MINUTE, null, null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "100;w=0", "100;w=", ";w=60", "0;w=60", "x;w=60", ""})
  void gatewayHeadersWithoutWindowOrLimitAreIgnored(String limit) {
    assertThat(
            read(
                ProviderDialect.OPENAI,
                Map.of("ratelimit-limit", limit, "x-ratelimit-limit", limit)))
        .isEqualTo(AdvertisedLimits.UNKNOWN);
  }

  /** Azure sometimes sends limits of -1 and 0. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "NaN",
        "Infinity",
        "",
        " ",
        "many",
        "1e9",
        "1.5",
        "9223372036854775808",
        "0x10",
        "+5",
        "5,000"
      })
  void invalidLimitIsIgnored(String limit) {
    assertThat(read(ProviderDialect.OPENAI, Map.of("x-ratelimit-limit-requests", limit)))
        .isEqualTo(AdvertisedLimits.UNKNOWN);
    assertThat(read(ProviderDialect.OPENAI, Map.of("anthropic-ratelimit-tokens-limit", limit)))
        .isEqualTo(AdvertisedLimits.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "NaN", "", "lots", "1e3", "99999999999999999999"})
  void invalidRemainingIsUnknown(String remaining) {
    assertThat(requests(ProviderDialect.OPENAI, "60", remaining, "1s"))
        .isEqualTo(new AdvertisedLimit(60, MINUTE, null, Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "",
        "later",
        "1x",
        "s",
        "1s2",
        "1730455200",
        "99999999999999999999h",
        "2026-13-01T",
        "+1000000000-12-31T23:59:59.999999999Z"
      })
  void invalidResetIsUnknown(String reset) {
    assertThat(requests(ProviderDialect.OPENAI, "60", "1", reset))
        .isEqualTo(new AdvertisedLimit(60, MINUTE, 1L, null));
  }

  @Test
  void remainingIsAtMostTheLimit() {
    assertThat(requests(ProviderDialect.OPENAI, "60", "61", "0s").remaining()).isEqualTo(60);
  }

  @ParameterizedTest
  @EnumSource(ProviderDialect.class)
  void randomHeadersNeverThrow(ProviderDialect dialect) {
    Random random = new Random(7);
    List<String> names =
        List.of(
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "anthropic-ratelimit-tokens-limit",
            "anthropic-ratelimit-tokens-reset",
            "ratelimit-limit",
            "ratelimit-policy",
            "ratelimit-reset");
    String characters = "0123456789.-+:;=,wTZmshdµ eE\u0000\uFFFF";
    for (int round = 0; round < 2_000; round++) {
      Map<String, String> headers = new HashMap<>();
      for (String name : names) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
          value.append(characters.charAt(random.nextInt(characters.length())));
        }
        headers.put(name, value.toString());
      }
      AdvertisedLimits advertisedLimits = read(dialect, headers);

      for (AdvertisedLimit advertisedLimit : advertisedLimits.limits().values()) {
        assertThat(advertisedLimit.limit()).isPositive();
        if (advertisedLimit.remaining() != null) {
          assertThat(advertisedLimit.remaining()).isBetween(0L, advertisedLimit.limit());
        }
        if (advertisedLimit.reset() != null) {
          assertThat(advertisedLimit.reset()).isBetween(Duration.ZERO, Duration.ofDays(31));
        }
      }
    }
  }

  private static AdvertisedLimit requests(
      ProviderDialect dialect, String limit, String remaining, String reset) {
    Map<LimitKind, AdvertisedLimit> levels =
        read(
                dialect,
                Map.of(
                    "x-ratelimit-limit-requests", limit,
                    "x-ratelimit-remaining-requests", remaining,
                    "x-ratelimit-reset-requests", reset))
            .limits();
    assertThat(levels).containsOnlyKeys(REQUESTS);
    return Objects.requireNonNull(levels.get(REQUESTS));
  }

  private static AdvertisedLimits read(ProviderDialect dialect, Map<String, String> headers) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    Answered reply = new Answered(200, all, Payload.of("not read"), Duration.ZERO);
    return new RateLimitHeaderReader(dialect).read(reply, NOW);
  }
}
