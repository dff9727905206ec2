package dev.sluice.worker.provider;

import dev.langchain4j.exception.HttpException;

/** An answer that went over the bound while it was read. */
final class OversizedReply extends HttpException {
  private static final long serialVersionUID = 1L;

  OversizedReply(int status) {
    super(status, "a reply of more than " + BoundedHttpClient.MAX_REPLY_BYTES + " bytes");
  }
}
