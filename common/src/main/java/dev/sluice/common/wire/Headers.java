package dev.sluice.common.wire;

/**
 * The headers that Sluice adds to a message. Times are ISO-8601 in UTC, numbers are integers, the
 * rest is text.
 */
public final class Headers {
  public static final String ROUTE = "sluice-route";

  /** {@code major.minor}. */
  public static final String WIRE = "sluice-wire";

  public static final String CUSTOM_ID = "sluice-custom-id";
  public static final String RUN = "sluice-run";
  public static final String ATTEMPT = "sluice-attempt";
  public static final String THROTTLES = "sluice-throttles";
  public static final String FIRST_ENQUEUED_AT = "sluice-first-enqueued-at";
  public static final String DEADLINE = "sluice-deadline";
  public static final String NOT_BEFORE = "sluice-not-before";
  public static final String LANE = "sluice-lane";

  /** Tokens. */
  public static final String TRIM = "sluice-trim";

  /** JSON. */
  public static final String HISTORY = "sluice-history";

  public static final String TRACEPARENT = "traceparent";

  public static final String OUTCOME = "sluice-outcome";
  public static final String STATUS_CODE = "sluice-status-code";
  public static final String FAILURE_CODE = "sluice-failure-code";
  public static final String FAILURE_DETAIL = "sluice-failure-detail";
  public static final String REQUEST_ID = "sluice-request-id";
  public static final String ATTEMPTS = "sluice-attempts";
  public static final String PROMPT_TOKENS = "sluice-prompt-tokens";
  public static final String COMPLETION_TOKENS = "sluice-completion-tokens";

  /** Milliseconds. */
  public static final String LATENCY_MS = "sluice-latency-ms";

  public static final String WORKER = "sluice-worker";

  /** What a message between a waiting caller and a worker says. */
  public static final String LIVE_TYPE = "sluice-live-type";

  /** The place of a part among those of its stream, from 0; at the end, how many there were. */
  public static final String CHUNK = "sluice-chunk";

  /** The provider's own headers, name by name. */
  public static final String HTTP_HEADERS = "sluice-http-headers";

  private Headers() {}
}
