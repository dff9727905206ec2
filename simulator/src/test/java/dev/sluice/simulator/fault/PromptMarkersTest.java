package dev.sluice.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.fault.PromptMarkers.Strike;
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
    assertThat(promptMarkers.at(1000).map(Strike::fault)).contains(fault);
  }

  @Test
  void aCountedMarkerStopsAndTheNextOneFollows() {
    PromptMarkers promptMarkers = PromptMarkers.in("[[sluice:500x2]] and [[sluice:429=3sx1]]");
    assertThat(promptMarkers.at(0).map(Strike::fault)).contains(Fault.SERVER_ERROR);
    assertThat(promptMarkers.at(1).map(Strike::fault)).contains(Fault.SERVER_ERROR);
    assertThat(promptMarkers.at(2)).contains(new Strike(Fault.THROTTLED, Duration.ofSeconds(3), 1));
    assertThat(promptMarkers.at(3)).isEqualTo(Optional.empty());
  }

  @Test
  void slowSetsTheLatency() {
    assertThat(PromptMarkers.in("[[sluice:slow=1.5s]]").slow()).isEqualTo(Duration.ofMillis(1500));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[[sluice:5000]]", "[[sluice:]]", "[[sluice:500=3s]]", "[[sluice:slow=fast]]"})
  void aWrongMarkerIsTold(String marker) {
    assertThat(PromptMarkers.in("x " + marker).problem()).startsWith(marker + " is no marker: ");
  }

  @Test
  void markersAreNoPartOfTheText() {
    assertThat(PromptMarkers.removed("One. [[sluice:500x2]]Two.")).isEqualTo("One. Two.");
  }
}
