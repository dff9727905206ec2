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
 * Markers in a prompt that control the simulator.
 *
 * <p>{@code [[sluice:500]]} fails every call, {@code [[sluice:500x2]]} the first two calls with the
 * same body, {@code [[sluice:429=3s]]} sends a Retry-After of 3 s, and {@code [[sluice:slow=5s]]}
 * sets the latency. {@code [[sluice:cached=100]]} reports 100 tokens of the prompt as cached.
 * Several faults apply in sequence.
 *
 * @param faults the injected faults, in order
 * @param latency latency of the call, instead of the configured one; null if not set
 * @param cachedTokens prompt tokens that the reply reports as cached, at least 0
 * @param problem message about an invalid marker; null if all markers are valid
 */
public record PromptMarkers(
    List<InjectedFault> faults,
    @Nullable Duration latency,
    long cachedTokens,
    @Nullable String problem) {
  private static final String OPENING = "[[sluice:";
  private static final Pattern MARKER =
      Pattern.compile("\\[\\[sluice:([^\\]=]*?)(?:=([^\\]]*?))?(?:x(\\d{1,6}))?]]");

  /**
   * A fault that a marker requests.
   *
   * @param retryAfter Retry-After of a 429; null for the configured one
   * @param times number of calls that get the fault; 0 for all
   */
  public record InjectedFault(Fault fault, @Nullable Duration retryAfter, int times) {}

  public PromptMarkers {
    faults = List.copyOf(faults);
  }

  /** Parses the markers of a text. */
  public static PromptMarkers in(String text) {
    List<InjectedFault> faults = new ArrayList<>();
    Duration latency = null;
    long cached = 0;
    if (!text.contains(OPENING)) {
      return new PromptMarkers(faults, null, 0, null);
    }
    Matcher matcher = MARKER.matcher(text);
    while (matcher.find()) {
      String name = matcher.group(1);
      try {
        if (name.equals("cached")) {
          cached = tokens(matcher.group(2));
          continue;
        }
        Duration value = matcher.group(2) == null ? null : DurationText.parse(matcher.group(2));
        int times = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        if (name.equals("slow") && value != null && times == 0) {
          latency = value;
        } else {
          faults.add(fault(name, value, times));
        }
      } catch (IllegalArgumentException invalid) {
        String problem = matcher.group() + " is not a valid marker: " + invalid.getMessage();
        return new PromptMarkers(faults, latency, cached, problem);
      }
    }
    return new PromptMarkers(faults, latency, cached, null);
  }

  private static long tokens(@Nullable String value) {
    if (value == null || !value.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("cached needs a number of tokens, such as cached=100");
    }
    return Long.parseLong(value);
  }

  private static InjectedFault fault(String name, @Nullable Duration value, int times) {
    Fault fault =
        Fault.named(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the markers are %s, slow=5s and cached=100".formatted(Fault.names())));
    if (value != null && fault != Fault.THROTTLED) {
      throw new IllegalArgumentException("only 429 and slow accept a duration");
    }
    return new InjectedFault(fault, value, times);
  }

  /**
   * The fault of a call; empty after all faults have been applied.
   *
   * @param index number of earlier calls with the same body
   */
  public Optional<InjectedFault> faultAt(long index) {
    long end = 0;
    for (InjectedFault fault : faults) {
      end += fault.times();
      if (fault.times() == 0 || index < end) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }

  /** The text without markers, for the summary. */
  public static String remove(String text) {
    return text.contains(OPENING) ? MARKER.matcher(text).replaceAll("") : text;
  }
}
