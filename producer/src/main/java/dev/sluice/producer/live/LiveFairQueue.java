package dev.sluice.producer.live;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.Project;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Queued live calls, round-robin over the projects, then over the keys of a project, then over the
 * steps of a key. So a project with many keys gets no more calls than another one.
 */
final class LiveFairQueue {
  private final Map<Project, Map<String, KeyQueue>> projects = new LinkedHashMap<>();

  /** The queued calls of one API key, by step. */
  private static final class KeyQueue {
    private final Map<String, Deque<LiveCall>> steps = new LinkedHashMap<>();
    private AuthenticatedCaller caller;

    KeyQueue(AuthenticatedCaller caller) {
      this.caller = caller;
    }

    void add(LiveCall call) {
      caller = call.caller(); // its limits may have changed
      steps.computeIfAbsent(call.step(), step -> new ArrayDeque<>()).addLast(call);
    }

    /** Removes the next call, round-robin over the steps. */
    LiveCall poll() {
      Map.Entry<String, Deque<LiveCall>> step = steps.entrySet().iterator().next();
      Deque<LiveCall> calls = step.getValue();
      LiveCall call = calls.removeFirst();
      steps.remove(step.getKey());
      if (!calls.isEmpty()) {
        steps.put(step.getKey(), calls);
      }
      return call;
    }

    boolean remove(LiveCall call) {
      Deque<LiveCall> calls = steps.get(call.step());
      if (calls == null || !calls.remove(call)) {
        return false;
      }
      if (calls.isEmpty()) {
        steps.remove(call.step());
      }
      return true;
    }
  }

  void add(LiveCall call) {
    projects
        .computeIfAbsent(call.caller().project(), project -> new LinkedHashMap<>())
        .computeIfAbsent(call.caller().key(), key -> new KeyQueue(call.caller()))
        .add(call);
  }

  /** Removes a call; false if it is not queued here. */
  boolean remove(LiveCall call) {
    Map<String, KeyQueue> keys = projects.get(call.caller().project());
    KeyQueue queue = keys == null ? null : keys.get(call.caller().key());
    if (keys == null || queue == null || !queue.remove(call)) {
      return false;
    }
    removeIfEmpty(call.caller().project(), keys, call.caller().key(), queue);
    return true;
  }

  /**
   * Removes the next call: the project and the key of the call move to the end.
   *
   * @param acquire whether a call of the key may be sent now
   */
  @Nullable LiveCall poll(Predicate<AuthenticatedCaller> acquire) {
    for (Map.Entry<Project, Map<String, KeyQueue>> project : projects.entrySet()) {
      for (Map.Entry<String, KeyQueue> key : project.getValue().entrySet()) {
        if (acquire.test(key.getValue().caller)) {
          return poll(project.getKey(), project.getValue(), key.getKey(), key.getValue());
        }
      }
    }
    return null;
  }

  private LiveCall poll(Project project, Map<String, KeyQueue> keys, String key, KeyQueue queue) {
    LiveCall call = queue.poll();
    keys.remove(key);
    keys.put(key, queue);
    projects.remove(project);
    projects.put(project, keys);
    removeIfEmpty(project, keys, key, queue);
    return call;
  }

  private void removeIfEmpty(
      Project project, Map<String, KeyQueue> keys, String key, KeyQueue queue) {
    if (queue.steps.isEmpty()) {
      keys.remove(key);
    }
    if (keys.isEmpty()) {
      projects.remove(project);
    }
  }
}
