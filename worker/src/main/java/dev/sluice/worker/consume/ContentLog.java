package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.provider.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests and replies in the log, where somebody has switched that on; the only place for it. */
final class ContentLog {
  private static final Logger log = LoggerFactory.getLogger(ContentLog.class);
  private static final int LONGEST = 32 * 1024;

  private final boolean on;

  ContentLog(boolean on) {
    this.on = on;
  }

  /** What was sent, and what came of it. */
  void called(Payload request, Reply reply) {
    if (!on) {
      return;
    }
    log.info("Request: {}", text(request));
    switch (reply) {
      case Reply.Answered answer -> log.info("Reply {}: {}", answer.status(), text(answer.body()));
      case Reply.Streamed stream -> log.info("End of a stream: {}", text(stream.tail()));
      default -> log.info("No reply: {}", reply.result());
    }
  }

  /** What came as a task and is none. */
  void malformed(Payload payload) {
    if (on) {
      log.info("No task: {}", text(payload));
    }
  }

  /** On one line: nobody writes lines of his own into the log. */
  private static String text(Payload payload) {
    String text = payload.text().replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " …";
  }
}
