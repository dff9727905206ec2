package dev.sluice.common.fleet;

import java.util.regex.Pattern;

/**
 * Names the sources of calls in hold messages and reports. A source is a batch, the API key of a
 * live caller, or the reply queue of an AMQP client, each together with the requested model.
 */
public final class HeldSource {
  private static final String CALLER = "key:";
  private static final int MAX_MODEL_LENGTH = 100;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private HeldSource() {}

  /** The value of {@code sluice-source} for the live calls of an API key. */
  public static String ofKey(String keyId) {
    return CALLER + keyId;
  }

  /**
   * The name of a source, in one line: logs and reports contain it.
   *
   * @param caller id of the batch, or the value of {@code sluice-source}
   */
  public static String of(String caller, String model) {
    boolean fits = model.length() <= MAX_MODEL_LENGTH;
    String name = caller + " " + (fits ? model : model.substring(0, MAX_MODEL_LENGTH));
    return UNPRINTABLE.matcher(name).replaceAll("?");
  }

  /** The batch, key or queue of a source. */
  public static String callerOf(String source) {
    int end = source.indexOf(' ');
    return end < 0 ? source : source.substring(0, end);
  }
}
