package dev.sluice.simulator.fault;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can go wrong with a call. */
public enum Fault {
  BAD_REQUEST("400", true),
  UNAUTHORIZED("401", true),
  THROTTLED("429", true),
  INSUFFICIENT_QUOTA("insufficient-quota", true),
  CONTEXT_LENGTH("context-length", true),
  /** A reply without text, ended by the content filter. */
  CONTENT_FILTER("content-filter", false),
  SERVER_ERROR("500", false),
  /** A proxy's page in HTML: the error is no JSON. */
  BAD_GATEWAY("502", false),
  OVERLOADED("503", false),
  /** No answer at all until the simulator's patience ends. */
  HANG("hang", false),
  /** The connection is reset before the answer. */
  RESET("reset", false),
  /** Status, headers and half of the announced body, then the connection ends. */
  HALF_BODY("half-body", false),
  /** A complete answer of status 200 whose body is no JSON. */
  INVALID_JSON("invalid-json", false);

  private final String wireName;
  private final boolean atOnce;

  Fault(String wireName, boolean atOnce) {
    this.wireName = wireName;
    this.atOnce = atOnce;
  }

  /** The name in options, markers, log and statistics. */
  public String wireName() {
    return wireName;
  }

  /** Whether the provider refuses without thinking: no latency then. */
  public boolean atOnce() {
    return atOnce;
  }

  public static Optional<Fault> named(String name) {
    return Arrays.stream(values()).filter(fault -> fault.wireName.equals(name)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Fault::wireName).collect(Collectors.joining(", "));
  }
}
