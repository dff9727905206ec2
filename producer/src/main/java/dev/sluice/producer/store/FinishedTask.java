package dev.sluice.producer.store;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A finished task with the values of its line in a result file; or one that has an answer, which is
 * made again.
 *
 * @param line its line in the input, from 1
 * @param state completed, failed, expired or cancelled; that of the task while it is made again
 * @param cutOff whether the reply is cut off at its token limit
 * @param reused whether the reply was copied from the result of an identical request
 * @param check null without a check
 * @param missing names of the answers that its request was made without
 */
public record FinishedTask(
    UUID id,
    long line,
    String customId,
    String state,
    Response response,
    boolean cutOff,
    boolean reused,
    @Nullable Check check,
    @Nullable String failureCode,
    @Nullable String failureDetail,
    List<String> missing) {

  /**
   * The provider's last response.
   *
   * @param status null without a response
   * @param reply its body; null unless the task completed
   */
  @SuppressWarnings("ArrayRecordComponent") // instances are never compared
  public record Response(
      @Nullable Integer status, @Nullable String requestId, byte @Nullable [] reply) {}

  /**
   * The check of the answer against a schema.
   *
   * @param answers number of answers that were checked; the column {@code asks}
   * @param accepted whether an operator accepted an answer that does not fit
   */
  public record Check(int answers, boolean accepted) {}
}
