package dev.sluice.producer.batch.dependency;

import dev.sluice.common.wire.Payload;
import java.util.List;

/** The decision on a task whose dependencies have all finished. */
sealed interface Resolution {

  /**
   * It is queued.
   *
   * @param missing names of the answers that are missing in the body
   */
  record Unblock(Payload body, List<String> missing) implements Resolution {}

  /**
   * Its answers are too long for one request, so further tasks combine them.
   *
   * @param tokens of the answers of this level
   */
  record Combine(List<Group> groups, long tokens) implements Resolution {}

  /**
   * Consecutive answers that one task combines. A group of one answer needs no task.
   *
   * @param body the request of that task
   */
  record Group(List<PartAnswer> answers, Payload body) {
    /** Names of the answers that are missing in the body. */
    List<String> missing() {
      return answers.stream().flatMap(answer -> answer.missing().stream()).toList();
    }
  }

  /** It fails without a call. */
  record Reject(String code, String detail) implements Resolution {}
}
