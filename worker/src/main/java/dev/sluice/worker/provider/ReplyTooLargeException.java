package dev.sluice.worker.provider;

import dev.langchain4j.exception.HttpException;

/** An answer that went over the bound while it was read. */
final class ReplyTooLargeException extends HttpException {
  private static final long serialVersionUID = 1L;

  ReplyTooLargeException(int status) {
    super(status, "a reply of more than " + BoundedHttpClient.MAX_REPLY_BYTES + " bytes");
  }
}
