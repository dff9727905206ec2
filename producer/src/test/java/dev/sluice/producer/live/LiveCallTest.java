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
  private static final Duration SHORT_TIMEOUT = Duration.ofMillis(1);

  private final AtomicLong unreadBytes = new AtomicLong();
  private final LiveCall call = TestCalls.call("key", "step", unreadBytes, 100);

  @Test
  void anotherWorkerMayClaimBeforeTheReplyBegins() throws Exception {
    assertThat(call.claim(claim("a"))).isTrue();
    assertThat(call.claim(claim("b"))).isTrue();

    call.receive(chunk("a", 0)); // the first worker was considered lost, so its chunk is ignored
    call.receive(chunk("b", 0));

    assertThat(call.next(SHORT_TIMEOUT))
        .isInstanceOfSatisfying(
            LiveCall.Event.Received.class,
            received -> assertThat(received.message()).isEqualTo(chunk("b", 0)));
    assertThat(call.next(SHORT_TIMEOUT)).isNull();
  }

  @Test
  void noOtherWorkerMayClaimAfterTheFirstChunk() throws Exception {
    call.claim(claim("a"));
    call.receive(chunk("a", 0));

    assertThat(call.claim(claim("b"))).isFalse();

    assertThat(call.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.Received.class);
    assertThat(call.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.StreamBroken.class);
  }

  @Test
  void missingChunkBreaksTheStream() throws Exception {
    call.claim(claim("a"));
    call.receive(chunk("a", 1));
    assertThat(call.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.StreamBroken.class);

    LiveCall other = TestCalls.call("key", "step", unreadBytes, 100);
    other.claim(claim("a"));
    other.receive(chunk("a", 0));
    other.receive(new LiveMessage.StreamEnd(other.id(), 2, CallStats.none(1, 0, "a")));
    assertThat(other.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.Received.class);
    assertThat(other.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.StreamBroken.class);
  }

  @Test
  void unreadChunksBeyondTheLimitBreakTheStream() throws Exception {
    call.claim(claim("a"));
    for (int i = 0; i < 20; i++) {
      call.receive(chunk("a", i));
    }

    assertThat(unreadBytes.get()).isEqualTo(100);
    for (int i = 0; i < 10; i++) {
      assertThat(call.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.Received.class);
    }
    assertThat(call.next(SHORT_TIMEOUT)).isInstanceOf(LiveCall.Event.StreamBroken.class);
    assertThat(unreadBytes.get()).isZero();
  }

  @Test
  void endedCallBuffersNothingAndCannotBeClaimed() {
    call.claim(claim("a"));
    call.receive(chunk("a", 0));

    call.end();

    assertThat(unreadBytes.get()).isZero();
    call.receive(chunk("a", 1));
    assertThat(unreadBytes.get()).isZero();
    assertThat(call.claim(claim("b"))).isFalse();
  }

  private LiveMessage.Claim claim(String worker) {
    return new LiveMessage.Claim(call.id(), worker, "queue of " + worker);
  }

  /** Ten bytes. */
  private LiveMessage.Chunk chunk(String worker, int number) {
    return new LiveMessage.Chunk(call.id(), worker, number, Map.of(), Payload.of("0123456789"));
  }
}
