package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LiveFairQueueTest {
  private final LiveFairQueue queue = new LiveFairQueue();

  @Test
  void projectWithTwoKeysHasNoMoreTurnsThanAnother() {
    for (int i = 0; i < 4; i++) {
      queue.add(TestCalls.ofProject("two", "a"));
      queue.add(TestCalls.ofProject("two", "b"));
      queue.add(TestCalls.ofProject("one", "c"));
    }

    assertThat(keys(8)).containsExactly("a", "c", "b", "c", "a", "c", "b", "c");
    assertThat(keys(4)).containsExactly("a", "b", "a", "b");
    assertThat(queue.poll(caller -> true)).isNull();
  }

  @Test
  void keyAtItsLimitDoesNotDelayTheOthersOfItsProject() {
    queue.add(TestCalls.ofProject("p", "limited"));
    queue.add(TestCalls.ofProject("p", "free"));

    LiveCall next = queue.poll(caller -> caller.key().equals("free"));

    assertThat(Objects.requireNonNull(next).caller().key()).isEqualTo("free");
  }

  @Test
  void removedCallIsNotPolled() {
    LiveCall call = TestCalls.ofProject("p", "k");
    queue.add(call);

    assertThat(queue.remove(call)).isTrue();
    assertThat(queue.remove(call)).isFalse();
    assertThat(queue.poll(caller -> true)).isNull();
  }

  private List<String> keys(int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(Objects.requireNonNull(queue.poll(caller -> true)).caller().key());
    }
    return keys;
  }
}
