package dev.sluice.common.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of the wire contract. In tasks and outcomes, a minor version only adds what earlier
 * versions may ignore; a major version breaks compatibility.
 *
 * @param major versions with the same major number read each other's messages
 * @param minor increases with each addition
 */
record WireVersion(int major, int minor) {
  /** The version that Sluice writes. A message without a version is read as 1.0. */
  static final WireVersion CURRENT = new WireVersion(1, 2);

  private static final Pattern FORMAT = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  /**
   * @throws IllegalArgumentException if the version is malformed or unsupported
   */
  static void check(String text) {
    Matcher version = FORMAT.matcher(text);
    if (!version.matches()) {
      throw new IllegalArgumentException(
          Headers.WIRE + " '" + text + "' is not a version such as " + CURRENT);
    }
    if (Integer.parseInt(version.group(1)) > CURRENT.major) {
      throw new IllegalArgumentException(
          "%s %s is not supported by this worker, which reads %d.x: upgrade it, then replay the task"
              .formatted(Headers.WIRE, text, CURRENT.major));
    }
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
