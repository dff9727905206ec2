package dev.sluice.worker.limit;

import org.jspecify.annotations.Nullable;

/** The request at the head of the queue, with its reservation at one member. Used by one thread. */
final class MemberHead {
  private final MemberLimiter member;
  private final QueueHead head;
  private @Nullable Long skippedAt;

  MemberHead(MemberLimiter member, QueueHead head) {
    this.member = member;
    this.head = head;
  }

  MemberLimiter member() {
    return member;
  }

  QueueHead head() {
    return head;
  }

  /** Its reservation is refunded, because another member is earlier. */
  void skip(long now) {
    skippedAt = now;
  }

  /** The member may be reserved again: its state has changed, or no other one is reserved. */
  void reconsider() {
    skippedAt = null;
  }

  /** Whether it need not be reserved again yet. */
  boolean isSkipped(long now) {
    Long at = skippedAt;
    return at != null && now - at < AdmissionPolicy.RECHECK_INTERVAL;
  }
}
