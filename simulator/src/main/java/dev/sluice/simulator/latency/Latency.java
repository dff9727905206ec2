package dev.sluice.simulator.latency;

import dev.sluice.simulator.duration.DurationText;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long the provider thinks about a call. */
public sealed interface Latency {
  Duration draw(RandomGenerator random);

  /** No thinking at all. */
  record None() implements Latency {
    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ZERO;
    }
  }

  /** Always the same. */
  record Fixed(Duration time) implements Latency {
    @Override
    public Duration draw(RandomGenerator random) {
      return time;
    }
  }

  /** Anything between two bounds, equally likely. */
  record Uniform(Duration least, Duration most) implements Latency {
    public Uniform {
      if (least.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            "the lower bound %s is above the upper bound %s"
                .formatted(DurationText.format(least), DurationText.format(most)));
      }
    }

    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }
  }

  /**
   * Mostly near the median, now and then far above it, as real providers are.
   *
   * @param median half of the calls take less
   * @param sigma the spread of the logarithm, 0-3; at 0.5 one call in a hundred takes 3.2 medians
   */
  record LogNormal(Duration median, double sigma) implements Latency {
    public LogNormal {
      if (!(sigma >= 0 && sigma <= 3)) {
        throw new IllegalArgumentException("the spread %s is not within 0-3".formatted(sigma));
      }
    }

    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ofNanos(
          Math.round(median.toNanos() * Math.exp(sigma * random.nextGaussian())));
    }
  }

  /**
   * The latency of a text: none, fixed:200ms, uniform:100ms-400ms or lognormal:300ms,0.5.
   *
   * @throws IllegalArgumentException with a sentence for people, if it is none of them
   */
  static Latency parse(String text) {
    String[] parts = text.split(":", 2);
    String[] values = parts.length < 2 ? new String[0] : parts[1].split("[-,]", -1);
    return switch (parts[0] + "/" + values.length) {
      case "none/0" -> new None();
      case "fixed/1" -> new Fixed(DurationText.parse(values[0]));
      case "uniform/2" -> new Uniform(DurationText.parse(values[0]), DurationText.parse(values[1]));
      case "lognormal/2" -> new LogNormal(DurationText.parse(values[0]), number(values[1]));
      default ->
          throw new IllegalArgumentException(
              text
                  + " is no latency: write none, fixed:200ms, uniform:100ms-400ms"
                  + " or lognormal:300ms,0.5");
    };
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException("the spread %s is no number".formatted(text), notOne);
    }
  }
}
