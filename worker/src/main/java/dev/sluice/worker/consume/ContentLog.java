package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs requests and replies if {@code sluice.log-content} is true; no other class logs them. */
final class ContentLog {
  private static final Logger log = LoggerFactory.getLogger(ContentLog.class);
  private static final int MAX_LENGTH = 32 * 1024;

  private final boolean enabled;

  ContentLog(boolean enabled) {
    this.enabled = enabled;
  }

  void logCall(Payload request, Reply reply) {
    if (!enabled) {
      return;
    }
    log.info("Request: {}", text(request));
    switch (reply) {
      case Reply.Answered answer -> log.info("Reply {}: {}", answer.status(), text(answer.body()));
      case Reply.Streamed stream -> log.info("End of a stream: {}", text(stream.tail()));
      default -> log.info("No reply: {}", reply.result());
    }
  }

  void logMalformed(Payload payload) {
    if (enabled) {
      log.info("Malformed task: {}", text(payload));
    }
  }

  /** One line: content must not forge log lines. */
  private static String text(Payload payload) {
    String text = payload.text().replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + " …";
  }
}
