package dev.sluice.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.fault.PromptMarkers.InjectedFault;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptMarkersTest {
  @ParameterizedTest
  @EnumSource(Fault.class)
  void eachFaultHasItsMarker(Fault fault) {
    PromptMarkers promptMarkers =
        PromptMarkers.in("Please [[sluice:" + fault.wireName() + "]] this.");
    assertThat(promptMarkers.problem()).isNull();
    assertThat(promptMarkers.faultAt(1000).map(InjectedFault::fault)).contains(fault);
  }

  @Test
  void nextMarkerAppliesAfterCountedMarker() {
    PromptMarkers promptMarkers = PromptMarkers.in("[[sluice:500x2]] and [[sluice:429=3sx1]]");
    assertThat(promptMarkers.faultAt(0).map(InjectedFault::fault)).contains(Fault.SERVER_ERROR);
    assertThat(promptMarkers.faultAt(1).map(InjectedFault::fault)).contains(Fault.SERVER_ERROR);
    assertThat(promptMarkers.faultAt(2))
        .contains(new InjectedFault(Fault.THROTTLED, Duration.ofSeconds(3), 1));
    assertThat(promptMarkers.faultAt(3)).isEqualTo(Optional.empty());
  }

  @Test
  void slowSetsTheLatency() {
    assertThat(PromptMarkers.in("[[sluice:slow=1.5s]]").latency())
        .isEqualTo(Duration.ofMillis(1500));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[[sluice:5000]]", "[[sluice:]]", "[[sluice:500=3s]]", "[[sluice:slow=fast]]"})
  void invalidMarkerIsReported(String marker) {
    assertThat(PromptMarkers.in("x " + marker).problem())
        .startsWith(marker + " is not a valid marker: ");
  }

  @Test
  void markersAreRemovedFromText() {
    assertThat(PromptMarkers.remove("One. [[sluice:500x2]]Two.")).isEqualTo("One. Two.");
  }
}
