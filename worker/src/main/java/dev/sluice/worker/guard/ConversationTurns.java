package dev.sluice.worker.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Divides a conversation into turns: one or more consecutive user messages and all replies to them.
 *
 * <p>A turn is removed as a whole. The remaining conversation then begins with a user message, as
 * most models require, and never with a tool result. If a tool result is in another turn than its
 * call, the two turns are linked and are removed together.
 */
final class ConversationTurns {
  private static final Set<String> INSTRUCTIONS = Set.of("system", "developer");

  private final List<Turn> turns;

  /** Union-find: for each turn an older turn that it is linked to, or itself. */
  private final int[] linkedTo;

  private ConversationTurns(List<Turn> turns) {
    this.turns = turns;
    this.linkedTo = IntStream.range(0, turns.size()).toArray();
    link();
  }

  /** Items before the first user message form a turn of their own. */
  static ConversationTurns of(List<JsonNode> items) {
    List<Turn> turns = new ArrayList<>();
    boolean afterUser = false;
    for (int i = 0; i < items.size(); i++) {
      String role = items.get(i).path("role").asString("");
      if (INSTRUCTIONS.contains(role)) {
        continue;
      }
      boolean isUser = role.equals("user");
      if (turns.isEmpty() || (isUser && !afterUser)) {
        turns.add(new Turn());
      }
      turns.getLast().add(i, items.get(i));
      afterUser = isUser;
    }
    return new ConversationTurns(turns);
  }

  /**
   * The indexes of the removable items, one list per turn, oldest first. Linked turns share one
   * list. The last turn and the turns linked to it are not removable.
   */
  List<List<Integer>> removable() {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      groups
          .computeIfAbsent(oldestLinked(turn), oldest -> new ArrayList<>())
          .addAll(turns.get(turn).items);
    }
    if (!turns.isEmpty()) {
      groups.remove(oldestLinked(turns.size() - 1));
    }
    return List.copyOf(groups.values());
  }

  private void link() {
    Map<String, Integer> firstTurnWithCall = new HashMap<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      for (String call : turns.get(turn).calls) {
        Integer other = firstTurnWithCall.putIfAbsent(call, turn);
        if (other != null) {
          int root = oldestLinked(other);
          int otherRoot = oldestLinked(turn);
          linkedTo[Math.max(root, otherRoot)] = Math.min(root, otherRoot);
        }
      }
    }
  }

  private int oldestLinked(int turn) {
    int current = turn;
    while (linkedTo[current] != current) {
      linkedTo[current] = linkedTo[linkedTo[current]]; // path halving
      current = linkedTo[current];
    }
    return current;
  }

  /** The indexes of the items, and the ids of the tool calls that they contain or answer. */
  private static final class Turn {
    private final List<Integer> items = new ArrayList<>();
    private final Set<String> calls = new HashSet<>();

    void add(int index, JsonNode item) {
      items.add(index);
      addCall(item.path("tool_call_id")); // chat completions: the result
      addCall(item.path("call_id")); // responses: call and result
      for (JsonNode call : item.path("tool_calls")) {
        addCall(call.path("id"));
      }
      for (JsonNode block : item.path("content")) { // messages: call and result
        if (block.path("type").asString("").endsWith("tool_use")) {
          addCall(block.path("id"));
        }
        addCall(block.path("tool_use_id"));
      }
    }

    private void addCall(JsonNode id) {
      if (id.isString()) {
        calls.add(id.asString());
      }
    }
  }
}
