package dev.sluice.common.wire;

/**
 * The message headers of Sluice. Times are ISO-8601 in UTC, numbers are integers; all others are
 * strings.
 */
public final class Headers {
  public static final String ROUTE = "sluice-route";

  /** Version of the wire contract, {@code major.minor}. */
  public static final String WIRE = "sluice-wire";

  public static final String CUSTOM_ID = "sluice-custom-id";
  public static final String RUN = "sluice-run";

  /** How many runs were started because the task was lost; absent for none. */
  public static final String RECOVERIES = "sluice-recoveries";

  public static final String ATTEMPT = "sluice-attempt";
  public static final String THROTTLES = "sluice-throttles";
  public static final String FIRST_ENQUEUED_AT = "sluice-first-enqueued-at";
  public static final String DEADLINE = "sluice-deadline";
  public static final String NOT_BEFORE = "sluice-not-before";
  public static final String LANE = "sluice-lane";

  /** Maximum prompt length in tokens, to which the worker trims the prompt. */
  public static final String TRIM = "sluice-trim";

  /**
   * The caller of a live task, such as the id of its API key. Failures of one caller do not hold a
   * route for the others.
   */
  public static final String SOURCE = "sluice-source";

  /**
   * Name of the project of a task; absent for a task without one. Failures of one project do not
   * hold a route for the others.
   */
  public static final String PROJECT = "sluice-project";

  /** The caller's HTTP headers for the provider, as a table: see {@link RequestHeaders}. */
  public static final String REQUEST_HEADERS = "sluice-request-headers";

  /** The requested service tier, {@code flex} or {@code standard}; absent for that of the route. */
  public static final String TIER = "sluice-tier";

  /** Number of calls that the provider refused because it had no capacity; absent for none. */
  public static final String REFUSALS = "sluice-refusals";

  /** {@code true} if a cut-off answer fails the task. */
  public static final String FAIL_CUT_OFF = "sluice-fail-cut-off";

  /** The JSON schema of the answers; absent for no check. */
  public static final String CHECK_SCHEMA = "sluice-check-schema";

  /** Maximum number of times that the model is asked again. */
  public static final String CHECK_RE_ASK = "sluice-check-re-ask";

  /** Number of checked answers: in a task those so far, in an outcome all. */
  public static final String CHECKED_ANSWERS = "sluice-checked-answers";

  /** Prompt tokens of the checked answers so far. */
  public static final String CHECKED_PROMPT_TOKENS = "sluice-checked-prompt-tokens";

  /** Completion tokens of the checked answers so far. */
  public static final String CHECKED_COMPLETION_TOKENS = "sluice-checked-completion-tokens";

  /**
   * Prompt tokens of the checked answers so far that were read from the provider's prompt cache.
   */
  public static final String CHECKED_CACHED_TOKENS = "sluice-checked-cached-tokens";

  /**
   * Prompt tokens of the checked answers so far that were written to the provider's prompt cache.
   */
  public static final String CHECKED_CACHE_WRITE_TOKENS = "sluice-checked-cache-write-tokens";

  /** Text of the last answer that does not fit. */
  public static final String INVALID_ANSWER = "sluice-invalid-answer";

  /** Why the last answer does not fit. */
  public static final String ANSWER_ERRORS = "sluice-answer-errors";

  /** The provider's last reply, whose answer does not fit. */
  public static final String INVALID_REPLY = "sluice-invalid-reply";

  /** JSON array, see {@link CallHistory}. */
  public static final String HISTORY = "sluice-history";

  public static final String TRACEPARENT = "traceparent";

  public static final String OUTCOME = "sluice-outcome";
  public static final String STATUS_CODE = "sluice-status-code";

  /** {@code true} if the answer was cut off at its token limit. */
  public static final String CUT_OFF = "sluice-cut-off";

  public static final String FAILURE_CODE = "sluice-failure-code";
  public static final String FAILURE_DETAIL = "sluice-failure-detail";
  public static final String REQUEST_ID = "sluice-request-id";
  public static final String ATTEMPTS = "sluice-attempts";
  public static final String PROMPT_TOKENS = "sluice-prompt-tokens";
  public static final String COMPLETION_TOKENS = "sluice-completion-tokens";

  /** The prompt tokens that were read from the provider's prompt cache; absent for none. */
  public static final String CACHED_TOKENS = "sluice-cached-tokens";

  /** The prompt tokens that were written to the provider's prompt cache; absent for none. */
  public static final String CACHE_WRITE_TOKENS = "sluice-cache-write-tokens";

  /** The service tier that processed the call; absent for the standard one. */
  public static final String SERVICE_TIER = "sluice-service-tier";

  /** Duration of the last call, in milliseconds. */
  public static final String LATENCY_MS = "sluice-latency-ms";

  public static final String WORKER = "sluice-worker";

  /** Type of a message about a live task, such as {@code claim} or {@code reply}. */
  public static final String LIVE_TYPE = "sluice-live-type";

  /** Number of a stream's chunk, from 0; in the last message, the number of chunks. */
  public static final String CHUNK = "sluice-chunk";

  /** The provider's HTTP headers, as a table. */
  public static final String HTTP_HEADERS = "sluice-http-headers";

  private Headers() {}
}
