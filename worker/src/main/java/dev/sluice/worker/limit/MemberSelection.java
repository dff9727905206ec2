package dev.sluice.worker.limit;

import java.util.Set;

/**
 * Which members of a route may grant a permit.
 *
 * @param firstAccount whether only members of the route's first account may grant it
 * @param refused names of the members that have refused the task; they are not called again while
 *     other members remain
 */
public record MemberSelection(boolean firstAccount, Set<String> refused) {
  /** Any member. */
  public static final MemberSelection ANY = new MemberSelection(false, Set.of());

  public MemberSelection {
    refused = Set.copyOf(refused);
  }

  /** The members of any account that have not refused the task. */
  public MemberSelection(Set<String> refused) {
    this(false, refused);
  }
}
