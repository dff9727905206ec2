package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.HoldState.Event;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transitions of {@link HoldState}. */
class HoldStateTest {
  private static final long NOW = Duration.ofHours(1).toNanos();
  private static final Duration NO_GRACE = Duration.ZERO;

  /**
   * The events of one hold: {@code throttled} and {@code broken} are own holds of 10 s, {@code
   * peer} is a peer's hold of 5 s with a grace of 10 s, {@code over} is the end of the hold.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                         | Open         | Open  |",
        "throttled                                | Held 10      | Held  | AnnounceHold",
        "broken                                   | Held 10      | Held  | AnnounceHold",
        "broken broken                            | Held 10      | Held  |",
        "broken longer                            | Held 60      | Held  | AnnounceHold",
        "longer broken_probe                      | Held 60      | Held  |",
        "peer                                     | Held 15      | Held  |",
        "peers_rate_limit                         | Held 5       | Held  |",
        "over throttled over time                 | Open         | Open  | Ramp",
        "throttled time                           | Held 10      | Held  |",
        "broken over time                         | Held 0       | Probe |",
        "broken over sent                         | HalfOpen 0   | Held  |",
        "broken sent                              | HalfOpen 10  | Held  |",
        "broken over sent ended                   | Held 0       | Probe |",
        "broken over sent sent ended              | HalfOpen 0   | Held  |",
        "broken over sent ended success_probe     | Open         | Open  | Ramp AnnounceRelease",
        "broken over sent ended broken_probe      | Held 10      | Held  | AnnounceHold",
        "broken over sent longer                  | HalfOpen 60  | Held  | AnnounceHold",
        "broken over sent throttled success_probe | HalfOpen 10  | Held  |",
        "broken success                           | Held 10      | Held  |",
        "broken release                           | Open         | Open  | Ramp",
        "broken over sent release                 | Open         | Open  | Ramp",
        "throttled release                        | Held 10      | Held  |",
        "release                                  | Open         | Open  |",
        "sent                                     | Open         | Open  |",
      })
  void anEventLeadsToAStateAndEffects(
      String events, String state, String admission, String effects) {
    Run run = new Run();
    if (events != null) {
      Arrays.stream(events.split(" ")).forEach(run::apply);
    }

    assertThat(run.state()).isEqualTo(state);
    assertThat(run.state.admission(run.now).getClass().getSimpleName()).isEqualTo(admission);
    assertThat(run.effects()).isEqualTo(effects == null ? "" : effects);
  }

  @Test
  void theBackoffCountsTheHoldsSinceTheLastSuccess() {
    Run run = new Run();
    for (String event : List.of("broken", "over", "sent", "ended", "broken_probe", "release")) {
      run.apply(event);
    }
    assertThat(run.state.consecutiveHolds()).isEqualTo(2);

    run.apply("success");

    assertThat(run.state.consecutiveHolds()).isZero();
  }

  @Test
  void aProbeOfAnEarlierHoldDoesNotCount() {
    Run run = new Run();
    for (String event : List.of("broken", "over", "sent", "release", "broken", "over", "sent")) {
      run.apply(event);
    }

    HoldState next = run.state.on(new Event.ProbeEnded(0), run.now).next();

    assertThat(next).isEqualTo(run.state);
    assertThat(run.state.on(new Event.ProbeEnded(1), run.now).next().probes()).isZero();
  }

  @Test
  void theWorkerWhoseHoldEndsFirstSendsTheProbe() {
    HoldState own = new Run().state.on(own(HoldKind.QUOTA, 10, false), NOW).next();

    assertThat(own.on(peer(HoldKind.QUOTA, 11, 10), NOW).next()).isEqualTo(own);
    assertThat(own.on(peer(HoldKind.QUOTA, 9, 10), NOW).next().current())
        .isEqualTo(
            new HoldState.Hold(
                HoldKind.QUOTA, "r", NOW, NOW + seconds(19), /* endsByProbe= */ true));
  }

  @Test
  void aLongRateLimitEndsByAProbe() {
    HoldState own = new Run().state.on(own(HoldKind.RATE_LIMIT, 301, true), NOW).next();

    assertThat(own.endsByProbe()).isTrue();
    assertThat(own.admission(NOW + seconds(301))).isEqualTo(new HoldAdmission.Probe());
  }

  @ParameterizedTest
  @CsvSource({"100, 0.5", "2000, 2", "60000, 3"})
  void afterARateLimitTheRampTakesTheDurationOfTheHold(long millis, double seconds) {
    HoldState held =
        new Run()
            .state
            .on(
                new Event.PeerHold(HoldKind.RATE_LIMIT, "r", Duration.ofMillis(millis), NO_GRACE),
                NOW)
            .next();

    assertThat(held.on(new Event.TimePassed(), NOW + millis * 1_000_000).effects())
        .containsExactly(new HoldEffect.Ramp(0.25, seconds, false));
  }

  private static Event own(HoldKind kind, long seconds, boolean extend) {
    return new Event.OwnHold(kind, "r", Duration.ofSeconds(seconds), extend);
  }

  private static Event peer(HoldKind kind, long seconds, long graceSeconds) {
    return new Event.PeerHold(
        kind, "r", Duration.ofSeconds(seconds), Duration.ofSeconds(graceSeconds));
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  /** A hold, and the effects of its last event. */
  private static final class Run {
    private HoldState state = new HoldState.Open(0, 0);
    private List<HoldEffect> effects = List.of();
    private long now = NOW;

    void apply(String event) {
      if (event.equals("over")) {
        now += seconds(10);
        return;
      }
      HoldState.Transition transition = state.on(event(event), now);
      state = transition.next();
      effects = transition.effects();
    }

    private static Event event(String event) {
      return switch (event) {
        case "throttled" -> own(HoldKind.RATE_LIMIT, 10, true);
        case "broken" -> own(HoldKind.BREAKER, 10, false);
        case "broken_probe" -> own(HoldKind.BREAKER, 10, true);
        case "longer" -> own(HoldKind.QUOTA, 60, true);
        case "peer" -> peer(HoldKind.BREAKER, 5, 10);
        case "peers_rate_limit" -> peer(HoldKind.RATE_LIMIT, 5, 0);
        case "time" -> new Event.TimePassed();
        case "sent" -> new Event.ProbeSent();
        case "ended" -> new Event.ProbeEnded(0);
        case "success" -> new Event.Succeeded(/* asProbe= */ false);
        case "success_probe" -> new Event.Succeeded(/* asProbe= */ true);
        case "release" -> new Event.Released(HoldKind.BREAKER);
        default -> throw new IllegalArgumentException(event);
      };
    }

    String state() {
      HoldState.Hold hold = state.current();
      String name = state.getClass().getSimpleName();
      return hold == null ? name : name + " " + hold.remaining(now).toSeconds();
    }

    String effects() {
      return effects.stream().map(Run::name).collect(Collectors.joining(" "));
    }

    private static String name(HoldEffect effect) {
      String name = effect.getClass().getSimpleName();
      return effect instanceof HoldEffect.Announce(HoldAnnouncement announcement)
          ? name + announcement.getClass().getSimpleName()
          : name;
    }
  }
}
