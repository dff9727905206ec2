package dev.sluice.simulator.fault;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Faults that the simulator can inject into a call. */
public enum Fault {
  BAD_REQUEST("400", true),
  UNAUTHORIZED("401", true),
  THROTTLED("429", true),
  INSUFFICIENT_QUOTA("insufficient-quota", true),
  CONTEXT_LENGTH("context-length", true),
  /** A reply without text and with finish_reason content_filter. */
  CONTENT_FILTER("content-filter", false),
  /** The flex tier has no capacity; calls at other tiers are not affected. */
  NO_CAPACITY("no-capacity", true),
  SERVER_ERROR("500", false),
  /** The HTML error page of a proxy. */
  BAD_GATEWAY("502", false),
  OVERLOADED("503", false),
  /** llama.cpp's 503 while it loads its model. */
  LOADING("loading", true),
  /** A gateway's reply with status 200 and a rate limit error as its body. */
  ERROR_IN_200("error-in-200", true),
  /** No response until the --hang time has passed. */
  HANG("hang", false),
  /** A connection reset before the response. */
  RESET("reset", false),
  /** Status, headers and half of the announced body, then a closed connection. */
  HALF_BODY("half-body", false),
  /** A complete response with status 200 and a body that is not JSON. */
  INVALID_JSON("invalid-json", false),
  /** A complete reply whose answer misses the JSON schema of the request. */
  INVALID_OUTPUT("invalid-output", false);

  private final String wireName;
  private final boolean immediate;

  Fault(String wireName, boolean immediate) {
    this.wireName = wireName;
    this.immediate = immediate;
  }

  /** The name in options, markers, the log and statistics. */
  public String wireName() {
    return wireName;
  }

  /** Whether the response has no latency. */
  public boolean isImmediate() {
    return immediate;
  }

  public static Optional<Fault> named(String name) {
    return Arrays.stream(values()).filter(fault -> fault.wireName.equals(name)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Fault::wireName).collect(Collectors.joining(", "));
  }
}
