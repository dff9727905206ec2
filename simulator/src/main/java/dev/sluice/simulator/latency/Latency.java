package dev.sluice.simulator.latency;

import dev.sluice.simulator.duration.DurationText;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Distribution of the latency of calls. */
public sealed interface Latency {
  Duration draw(RandomGenerator random);

  /** No latency. */
  record None() implements Latency {
    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ZERO;
    }
  }

  /** Constant latency. */
  record Fixed(Duration time) implements Latency {
    @Override
    public Duration draw(RandomGenerator random) {
      return time;
    }
  }

  /** Uniform distribution between two bounds, inclusive. */
  record Uniform(Duration min, Duration max) implements Latency {
    public Uniform {
      if (min.compareTo(max) > 0) {
        throw new IllegalArgumentException(
            "the lower bound %s is above the upper bound %s"
                .formatted(DurationText.format(min), DurationText.format(max)));
      }
    }

    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ofNanos(random.nextLong(min.toNanos(), max.toNanos() + 1));
    }
  }

  /**
   * Log-normal distribution: mostly near the median, with a long tail as for real providers.
   *
   * @param median median latency
   * @param sigma standard deviation of the logarithm, 0-3; at 0.5 p99 is 3.2 times the median
   */
  record LogNormal(Duration median, double sigma) implements Latency {
    public LogNormal {
      if (!(sigma >= 0 && sigma <= 3)) {
        throw new IllegalArgumentException("sigma (%s) is not within 0-3".formatted(sigma));
      }
    }

    @Override
    public Duration draw(RandomGenerator random) {
      return Duration.ofNanos(
          Math.round(median.toNanos() * Math.exp(sigma * random.nextGaussian())));
    }
  }

  /**
   * Parses none, fixed:200ms, uniform:100ms-400ms or lognormal:300ms,0.5.
   *
   * @throws IllegalArgumentException with a human-readable message
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
                  + " is not a latency; use none, fixed:200ms, uniform:100ms-400ms"
                  + " or lognormal:300ms,0.5");
    };
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("sigma (%s) is not a number".formatted(text), notANumber);
    }
  }
}
