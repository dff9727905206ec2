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
 * Divides a conversation into turns: a user's message, or several in a row, and all that answers
 * it.
 *
 * <p>A turn goes or stays as a whole, so that what is left begins with a user's message, as most
 * models demand, and never with the result of a tool. Where a tool's result stands in another turn
 * than its call, the two turns are tied: they go together or stay.
 */
final class ConversationTurns {
  private static final Set<String> INSTRUCTIONS = Set.of("system", "developer");

  private final List<Turn> turns;

  /** For each turn an older one that it is tied to, or itself. */
  private final int[] tiedTo;

  private ConversationTurns(List<Turn> turns) {
    this.turns = turns;
    this.tiedTo = IntStream.range(0, turns.size()).toArray();
    tie();
  }

  /** What stands before the first user's message is a turn too. */
  static ConversationTurns of(List<JsonNode> items) {
    List<Turn> turns = new ArrayList<>();
    boolean wasUsers = false;
    for (int i = 0; i < items.size(); i++) {
      String role = items.get(i).path("role").asString("");
      if (INSTRUCTIONS.contains(role)) {
        continue;
      }
      boolean isUsers = role.equals("user");
      if (turns.isEmpty() || (isUsers && !wasUsers)) {
        turns.add(new Turn());
      }
      turns.getLast().add(i, items.get(i));
      wasUsers = isUsers;
    }
    return new ConversationTurns(turns);
  }

  /**
   * The indexes of the items that may be left out, turn by turn, the oldest first; tied turns are
   * one. The last turn stays, and what is tied to it.
   */
  List<List<Integer>> removable() {
    Map<Integer, List<Integer>> together = new LinkedHashMap<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      together
          .computeIfAbsent(oldestTiedTo(turn), oldest -> new ArrayList<>())
          .addAll(turns.get(turn).items);
    }
    if (!turns.isEmpty()) {
      together.remove(oldestTiedTo(turns.size() - 1));
    }
    return List.copyOf(together.values());
  }

  private void tie() {
    Map<String, Integer> firstWith = new HashMap<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      for (String call : turns.get(turn).calls) {
        Integer other = firstWith.putIfAbsent(call, turn);
        if (other != null) {
          int one = oldestTiedTo(other);
          int two = oldestTiedTo(turn);
          tiedTo[Math.max(one, two)] = Math.min(one, two);
        }
      }
    }
  }

  private int oldestTiedTo(int turn) {
    int at = turn;
    while (tiedTo[at] != at) {
      tiedTo[at] = tiedTo[tiedTo[at]]; // shortens the way for the next one
      at = tiedTo[at];
    }
    return at;
  }

  /** The indexes of some items, and the ids of the calls that they make or answer. */
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
    }

    private void addCall(JsonNode id) {
      if (id.isString()) {
        calls.add(id.asString());
      }
    }
  }
}
