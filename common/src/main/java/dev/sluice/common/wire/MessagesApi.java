package dev.sluice.common.wire;

/** The paths of Anthropic's Messages API. Their requests, replies and errors have its format. */
public final class MessagesApi {
  /** Creates a message. */
  public static final String MESSAGES = "/v1/messages";

  /** Counts the tokens of a request, without a reply of the model. */
  public static final String COUNT_TOKENS = "/v1/messages/count_tokens";

  private MessagesApi() {}

  /** Whether a path belongs to this API. */
  public static boolean contains(String path) {
    return path.equals(MESSAGES) || path.startsWith(MESSAGES + "/");
  }
}
