package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who probes a route that the batches a and b of the project p hold. */
class SuspectsTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long start = Duration.ofHours(1).toNanos();

  /** {@code p:a} is a call of the batch a of the project p. */
  @ParameterizedTest
  @CsvSource({
    // next | waiting | hold over | batches | what it must do
    "p:a, p:a,     false, 2,  SourceHeld",
    "p:a, p:a,     true,  2,  Probe",
    "p:c, p:c,     false, 2,  Probe",
    "p:a, p:a p:c, true,  2,  SourceHeld",
    "p:c, p:a p:c, true,  2,  Probe",
    // a call of another project waits: no batch of p probes
    "p:a, p:a q:x, true,  2,  SourceHeld",
    "p:c, p:c q:x, false, 2,  SourceHeld",
    "p:c, p:c q:x, true,  2,  SourceHeld",
    "q:x, p:a q:x, false, 2,  Probe",
    "q:x, p:a q:x, true,  2,  Probe",
    // many batches of one project are no outage for another project
    "p:~, p:~,     false, 20, Held",
    "q:x, p:a q:x, false, 20, Probe",
  })
  void theProbeIsOfAnotherProjectIfOneWaits(
      String next, String waiting, boolean isOver, int batches, String expected) {
    Suspects suspects = new Suspects(start);
    Set<String> sources = new TreeSet<>();
    for (int i = 0; i < batches; i++) {
      sources.add(origin("p:" + (char) ('a' + (i < 2 ? i : i + 1))).source());
    }
    suspects.add(sources, Set.of("p"));
    HoldState route =
        new HoldState.Held(
            new HoldState.Hold(HoldKind.QUOTA, "no quota", start, start + SECOND, true), 0, 1);

    HoldAdmission admission =
        suspects.admission(
            route,
            origin(next),
            Arrays.stream(waiting.split(" ")).map(SuspectsTest::origin).toList(),
            isOver ? start + SECOND : start);

    assertThat(admission.getClass().getSimpleName()).isEqualTo(expected);
  }

  private static CallOrigin origin(String call) {
    return new CallOrigin(call, call.substring(2), call.substring(0, 1), Payload.of(call));
  }
}
