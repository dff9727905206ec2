package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.worker.limit.HoldAnnouncement;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HoldMapperTest {

  static Stream<HoldAnnouncement> announcements() {
    return Stream.of(
        new HoldAnnouncement.Hold(
            HoldKind.RATE_LIMIT,
            "HTTP 429",
            Duration.ofSeconds(3),
            Map.of(LimitKind.REQUESTS, new InferredLimit(10, 8)),
            Set.of("b/gpt"),
            Set.of("p")),
        new HoldAnnouncement.Release(HoldKind.BREAKER, "HTTP 503"),
        new HoldAnnouncement.SourceHold(
            HoldKind.BREAKER, "HTTP 503", Duration.ofSeconds(3), Set.of("b/gpt"), Set.of("p")),
        new HoldAnnouncement.SourceRelease(HoldKind.BREAKER, "HTTP 503", Set.of("b/gpt")));
  }

  @ParameterizedTest
  @MethodSource("announcements")
  void peersReadWhatAWorkerAnnounces(HoldAnnouncement announcement) {
    HoldMessage message = HoldMapper.toWire("w", "r", announcement);

    assertThat(message.worker()).isEqualTo("w");
    assertThat(message.route()).isEqualTo("r");
    assertThat(HoldMapper.fromWire(message)).contains(announcement);
  }

  @Test
  void aHoldOfLessThanAMillisecondIsNotARelease() {
    HoldMessage message =
        HoldMapper.toWire(
            "w",
            "r",
            new HoldAnnouncement.Hold(
                HoldKind.RATE_LIMIT,
                "HTTP 429",
                Duration.ofNanos(1),
                Map.of(),
                Set.of(),
                Set.of()));

    assertThat(HoldMapper.fromWire(message))
        .contains(
            new HoldAnnouncement.Hold(
                HoldKind.RATE_LIMIT,
                "HTTP 429",
                Duration.ofMillis(1),
                Map.of(),
                Set.of(),
                Set.of()));
  }

  @Test
  void aKindOfANewerVersionIsIgnored() {
    assertThat(HoldMapper.fromWire(new HoldMessage("w", "r", "moon_phase", "full", 1, List.of())))
        .isEmpty();
  }
}
