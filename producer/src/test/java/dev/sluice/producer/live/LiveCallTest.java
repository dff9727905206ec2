package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Payload;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveCallTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final AtomicLong unread = new AtomicLong();
  private final LiveCall call = TestCalls.call("key", "step", unread, 100);

  @Test
  void isMadeOnceMoreByAnotherWorkerWhileNothingOfTheReplyIsThere() throws Exception {
    assertThat(call.claim(claim("a"))).isTrue();
    assertThat(call.claim(claim("b"))).isTrue();

    call.hear(part("a", 0)); // thought dead, and passed over
    call.hear(part("b", 0));

    assertThat(call.next(AT_ONCE))
        .isInstanceOfSatisfying(
            LiveCall.Event.Received.class,
            received -> assertThat(received.word()).isEqualTo(part("b", 0)));
    assertThat(call.next(AT_ONCE)).isNull();
  }

  @Test
  void isNotMadeOnceMoreWhereAPartOfTheReplyIsThere() throws Exception {
    call.claim(claim("a"));
    call.hear(part("a", 0));

    assertThat(call.claim(claim("b"))).isFalse();

    assertThat(call.next(AT_ONCE)).isInstanceOf(LiveCall.Event.Received.class);
    assertThat(call.next(AT_ONCE)).isInstanceOf(LiveCall.Event.ConnectionLost.class);
  }

  @Test
  void isBrokenWhereAPartOrTheEndSaysThatOneIsLost() throws Exception {
    call.claim(claim("a"));
    call.hear(part("a", 1));
    assertThat(call.next(AT_ONCE)).isInstanceOf(LiveCall.Event.ConnectionLost.class);

    LiveCall other = TestCalls.call("key", "step", unread, 100);
    other.claim(claim("a"));
    other.hear(part("a", 0));
    other.hear(new LiveMessage.StreamEnd(other.id(), 2, CallStats.none(1, 0, "a")));
    assertThat(other.next(AT_ONCE)).isInstanceOf(LiveCall.Event.Received.class);
    assertThat(other.next(AT_ONCE)).isInstanceOf(LiveCall.Event.ConnectionLost.class);
  }

  @Test
  void isCutOffWhereItsCallerDoesNotRead() throws Exception {
    call.claim(claim("a"));
    for (int i = 0; i < 20; i++) {
      call.hear(part("a", i));
    }

    assertThat(unread.get()).isEqualTo(100);
    for (int i = 0; i < 10; i++) {
      assertThat(call.next(AT_ONCE)).isInstanceOf(LiveCall.Event.Received.class);
    }
    assertThat(call.next(AT_ONCE)).isInstanceOf(LiveCall.Event.ConnectionLost.class);
    assertThat(unread.get()).isZero();
  }

  @Test
  void holdsNoBytesWhenItsCallerHasGoneAndNobodyMayMakeIt() {
    call.claim(claim("a"));
    call.hear(part("a", 0));

    call.end();

    assertThat(unread.get()).isZero();
    call.hear(part("a", 1));
    assertThat(unread.get()).isZero();
    assertThat(call.claim(claim("b"))).isFalse();
  }

  private LiveMessage.Claim claim(String worker) {
    return new LiveMessage.Claim(call.id(), worker, "queue of " + worker);
  }

  /** Of ten bytes. */
  private LiveMessage.Chunk part(String worker, int number) {
    return new LiveMessage.Chunk(call.id(), worker, number, Map.of(), Payload.of("0123456789"));
  }
}
