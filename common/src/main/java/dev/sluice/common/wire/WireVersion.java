package dev.sluice.common.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which form of the contract a message has. A minor version adds what the earlier ones may pass
 * over; a major one changes what they rely on.
 *
 * @param major every version of it is read by all others of it
 * @param minor counts what was added
 */
record WireVersion(int major, int minor) {
  /** That of the messages that are written here. A message without one is of 1.0. */
  static final WireVersion OWN = new WireVersion(1, 2);

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  /**
   * @throws IllegalArgumentException where a message of that version cannot be understood
   */
  static void check(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          Headers.WIRE + " '" + text + "' is not a version such as " + OWN);
    }
    if (Integer.parseInt(form.group(1)) > OWN.major) {
      throw new IllegalArgumentException(
          "%s %s is newer than this worker, which reads %d.x: upgrade it, and replay the task"
              .formatted(Headers.WIRE, text, OWN.major));
    }
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
