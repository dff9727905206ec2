package dev.sluice.system.scale;

import java.time.Duration;
import java.util.List;

/**
 * What came of one run.
 *
 * @param signal what the workers were scaled by
 * @param concurrency calls that one worker runs at once
 * @param allowedPerSecond calls that the provider allows
 * @param answered tasks with a reply
 * @param elapsed from the submission to the last result
 * @param calls that reached the provider, with the task that wakes the route at the end
 * @param repeated calls that were let in although their request had been before
 * @param refused calls that a limit refused
 * @param cutOff calls whose connection was closed before their answer
 * @param toOne from the last result until one worker is left; zero where none was above one
 * @param toNone from the last result until none is left
 * @param woken from the submission of one more task to its result, with no worker there
 * @param seconds what was seen each second, from the submission on
 */
record ScaleResult(
    ScalingSignal signal,
    int concurrency,
    double allowedPerSecond,
    long answered,
    Duration elapsed,
    long calls,
    long repeated,
    long refused,
    long cutOff,
    Duration toOne,
    Duration toNone,
    Duration woken,
    List<Second> seconds) {

  /**
   * One second.
   *
   * @param pods that are to be there
   * @param processes that are there, those that start and those that finish their calls included
   * @param inFlight calls that are with the provider
   * @param admitted calls that it let in during the second
   */
  record Second(int pods, int processes, long inFlight, long admitted) {}

  ScaleResult {
    seconds = List.copyOf(seconds);
  }

  int mostPods() {
    return seconds.stream().mapToInt(Second::pods).max().orElse(0);
  }

  long podSeconds() {
    return seconds.stream().mapToLong(Second::processes).sum();
  }

  /** Of the calls that its workers could run, those that did, until the last result. */
  double use() {
    List<Second> working = seconds.stream().limit(elapsed.toSeconds()).toList();
    double places = working.stream().mapToLong(Second::processes).sum() * (double) concurrency;
    return places == 0 ? 0 : working.stream().mapToLong(Second::inFlight).sum() / places;
  }

  /** Of the calls that the provider allowed until the last result. */
  double share() {
    return answered / (allowedPerSecond * elapsed.toMillis() / 1000.0);
  }
}
