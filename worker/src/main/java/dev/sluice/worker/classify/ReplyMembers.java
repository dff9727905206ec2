package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The members of a successful reply that tell how it ended. */
final class ReplyMembers {
  /** A tree of this number of bytes needs a few megabytes at most. */
  private static final int SMALL_BYTES = 64 * 1024;

  private static final Set<String> ENDING =
      Set.of(
          "error",
          "incomplete_details",
          "message",
          "object",
          "status",
          "stop_reason",
          "type",
          "usage");

  private static final Set<String> ENDING_AND_ANSWERS =
      Set.of(
          "candidates",
          "choices",
          "error",
          "incomplete_details",
          "message",
          "object",
          "output",
          "status",
          "stop_reason",
          "type",
          "usage");

  private ReplyMembers() {}

  /**
   * All members of a small reply. A large one has no embeddings, and no answers of more than {@link
   * Json#MAX_MEMBER_TOKENS}. Empty if the bytes are not a JSON object.
   */
  static Optional<JsonNode> of(byte[] reply) {
    if (reply.length <= SMALL_BYTES) {
      return Json.object(reply);
    }
    return Json.members(reply, ENDING_AND_ANSWERS).or(() -> Json.members(reply, ENDING));
  }
}
