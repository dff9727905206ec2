package dev.sluice.worker.provider;

import dev.langchain4j.exception.HttpException;
import dev.sluice.common.wire.TaskCodec;

/** A reply exceeded the size limit. */
final class ReplyTooLargeException extends HttpException {
  private static final long serialVersionUID = 1L;

  ReplyTooLargeException(int status) {
    super(status, "the reply is larger than " + TaskCodec.MAX_REPLY_BYTES + " bytes");
  }
}
