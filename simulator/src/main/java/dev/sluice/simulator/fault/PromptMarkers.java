package dev.sluice.simulator.fault;

import dev.sluice.simulator.duration.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt asks of the simulator: {@code [[sluice:500]]} fails always, {@code
 * [[sluice:500x2]]} the first two calls with this very body, {@code [[sluice:429=3s]]} tells to
 * wait three seconds, {@code [[sluice:slow=5s]]} takes five. Several faults come one after another.
 *
 * @param strikes the faults, in their order
 * @param slow how long the call takes, whatever the latency is; null where nothing is said
 * @param problem a sentence for people where a marker is wrong; null where all are good
 */
public record PromptMarkers(
    List<Strike> strikes, @Nullable Duration slow, @Nullable String problem) {
  private static final String OPENING = "[[sluice:";
  private static final Pattern MARKER =
      Pattern.compile("\\[\\[sluice:([^\\]=]*?)(?:=([^\\]]*?))?(?:x(\\d{1,6}))?]]");

  /**
   * One fault that was asked for.
   *
   * @param retryAfter how long a 429 tells to wait; null for the usual time
   * @param times how many calls it strikes; 0 for all
   */
  public record Strike(Fault fault, @Nullable Duration retryAfter, int times) {}

  public PromptMarkers {
    strikes = List.copyOf(strikes);
  }

  /** The markers of a text. */
  public static PromptMarkers in(String text) {
    List<Strike> strikes = new ArrayList<>();
    Duration slow = null;
    if (!text.contains(OPENING)) {
      return new PromptMarkers(strikes, null, null);
    }
    Matcher matcher = MARKER.matcher(text);
    while (matcher.find()) {
      String name = matcher.group(1);
      try {
        Duration value = matcher.group(2) == null ? null : DurationText.parse(matcher.group(2));
        int times = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        if (name.equals("slow") && value != null && times == 0) {
          slow = value;
        } else {
          strikes.add(strike(name, value, times));
        }
      } catch (IllegalArgumentException wrong) {
        String problem = matcher.group() + " is no marker: " + wrong.getMessage();
        return new PromptMarkers(strikes, slow, problem);
      }
    }
    return new PromptMarkers(strikes, slow, null);
  }

  private static Strike strike(String name, @Nullable Duration value, int times) {
    Fault fault =
        Fault.named(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the names are %s and slow=5s".formatted(Fault.names())));
    if (value != null && fault != Fault.THROTTLED) {
      throw new IllegalArgumentException("only 429 and slow take a duration");
    }
    return new Strike(fault, value, times);
  }

  /**
   * The fault of a call, if one is left.
   *
   * @param nth how often this body was called before, from 0
   */
  public Optional<Strike> at(long nth) {
    long before = 0;
    for (Strike strike : strikes) {
      before += strike.times();
      if (strike.times() == 0 || nth < before) {
        return Optional.of(strike);
      }
    }
    return Optional.empty();
  }

  /** The text without its markers: they are no part of what is summarised. */
  public static String removed(String text) {
    return text.contains(OPENING) ? MARKER.matcher(text).replaceAll("") : text;
  }
}
