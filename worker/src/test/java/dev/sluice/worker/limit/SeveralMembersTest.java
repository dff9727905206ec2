package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.VirtualProvider.AdvertisedHeaders;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limiter of a route with two members, with its threads, in virtual time. */
class SeveralMembersTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final Duration LATENCY = Duration.ofMillis(300);
  private static final int CONSUMERS = 24;
  private static final double PER_MINUTE = 600;
  private static final Duration MINUTES = Duration.ofMinutes(3);

  private final VirtualClock clock = new VirtualClock();
  private final Map<String, Member> members = Map.of("a", new Member(), "b", new Member());
  private final Map<String, Object> settings = new HashMap<>();
  private final AtomicInteger tasks = new AtomicInteger();
  private int batches = 7;

  @AfterEach
  void stopThreads() {
    clock.close();
  }

  /** A simulated account. Guarded by itself. */
  private static final class Member {
    private final VirtualProvider provider =
        VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL);
    private int admitted;
    private int throttled;
    private int failed;
    private boolean isKilled;
    private boolean isOutOfQuota;

    synchronized CallFeedback call(long now) {
      if (isKilled) {
        failed++;
        return new CallFeedback.Failed("connection refused", /* reached= */ false);
      }
      if (isOutOfQuota) {
        failed++;
        return new CallFeedback.RouteUnavailable(
            HoldKind.QUOTA, "the quota is used up", AdvertisedLimits.UNKNOWN);
      }
      VirtualProvider.Answer answer = provider.call(LimitKind.REQUESTS, 1, now);
      if (answer.admitted()) {
        admitted++;
        return new CallFeedback.Succeeded(null, answer.advertised());
      }
      throttled++;
      return new CallFeedback.Throttled(answer.retryAfter(), null, answer.advertised());
    }
  }

  @Test
  void bothAccountsAreUsedCompletely() throws Exception {
    RateLimiter limiter = limiter();
    start(limiter);
    clock.sleep(Duration.ofSeconds(10));

    assertThat(used(MINUTES) / (2 * PER_MINUTE * MINUTES.toMinutes())).isGreaterThan(0.985);
    assertThat(throttled()).isZero();
  }

  @Test
  void aMemberWhoseLimitIsHalvedKeepsTheOthersRate() throws Exception {
    RateLimiter limiter = limiter();
    start(limiter);
    clock.sleep(Duration.ofSeconds(10));
    synchronized (member("a")) {
      member("a").provider.setLimit(PER_MINUTE / 2, clock.nanos());
    }
    clock.sleep(Duration.ofSeconds(5));

    assertThat(used(MINUTES) / (1.5 * PER_MINUTE * MINUTES.toMinutes())).isGreaterThan(0.985);
    assertThat(throttled()).isLessThan(10);
  }

  @Test
  void theOtherMemberIsUsedCompletelyWhileOneIsKilledAndBothWhenItIsBack() throws Exception {
    RateLimiter limiter = limiter();
    start(limiter);
    clock.sleep(Duration.ofSeconds(10));
    member("a").isKilled = true;
    clock.sleep(Duration.ofSeconds(5));

    assertThat(used(MINUTES) / (PER_MINUTE * MINUTES.toMinutes())).isGreaterThan(0.985);
    assertThat(limiter.status().hold()).as("the route is not held").isNull();
    assertThat(held(limiter, "a")).isEqualTo("breaker");
    assertThat(member("a").failed).isLessThan(40);

    member("a").isKilled = false;
    clock.sleep(Duration.ofMinutes(2)); // a probe at most every minute, and the ramp

    assertThat(used(MINUTES) / (2 * PER_MINUTE * MINUTES.toMinutes())).isGreaterThan(0.985);
    assertThat(throttled()).isZero();
  }

  @Test
  void limitsOfAMemberThatIsHeldForTheOnlyBatchDoNotCount() throws Exception {
    batches = 1;
    RateLimiter limiter = limiter();
    start(limiter);
    clock.sleep(Duration.ofSeconds(10));
    member("a").isKilled = true;
    clock.sleep(Duration.ofSeconds(20));

    assertThat(held(limiter, "a")).isEqualTo("breaker");
    assertThat(60 * limiter.status().limits().getFirst().perSecond()).isEqualTo(PER_MINUTE);
  }

  @Test
  void aMemberOutOfQuotaDoesNotHoldTheRoute() throws Exception {
    RateLimiter limiter = limiter();
    start(limiter);
    clock.sleep(Duration.ofSeconds(10));
    member("a").isOutOfQuota = true;
    clock.sleep(Duration.ofSeconds(5));

    assertThat(used(MINUTES) / (PER_MINUTE * MINUTES.toMinutes())).isGreaterThan(0.985);
    assertThat(held(limiter, "a")).isEqualTo("quota");
    assertThat(held(limiter, "b")).isEmpty();
    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void theMemberWithTheLowerOrderIsPreferredWhileItHasRoom() throws Exception {
    settings.put("members[1].order", 2);
    RateLimiter limiter = limiter();
    learnLimits(limiter);
    int before = member("b").admitted;

    for (int i = 0; i < 40; i++) {
      call(limiter, MemberSelection.ANY);
      clock.sleep(Duration.ofMillis(150)); // below the rate of one member
    }

    assertThat(member("b").admitted - before).isZero();
  }

  @Test
  void requestsWithTheSamePromptStayWithOneMemberWhileItHasRoom() throws Exception {
    RateLimiter limiter = limiter();
    learnLimits(limiter);

    for (String prompt : List.of("first", "second", "third")) {
      Set<String> called = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        called.add(callWith(limiter, prompt.repeat(600) + i, MemberSelection.ANY));
        clock.sleep(Duration.ofMillis(150));
      }
      assertThat(called).as(prompt).hasSize(1);
    }
  }

  @Test
  void differentPromptsAreSpreadOverTheMembers() throws Exception {
    RateLimiter limiter = limiter();
    learnLimits(limiter);
    List<String> called = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      called.add(callWith(limiter, "prompt " + i, MemberSelection.ANY));
      clock.sleep(Duration.ofMillis(150));
    }

    assertThat(called.stream().filter("a"::equals).count()).isBetween(8L, 32L);
  }

  @Test
  void aMemberThatRefusedTheTaskIsNotCalledAgain() throws Exception {
    RateLimiter limiter = limiter();
    learnLimits(limiter);

    for (int i = 0; i < 10; i++) {
      assertThat(callWith(limiter, "prompt " + i, new MemberSelection(Set.of("a")))).isEqualTo("b");
    }
  }

  @Test
  void aTaskOfTheFirstAccountLeavesTheQueueToOthersWhileThatIsHeld() throws Exception {
    settings.put("members[0].order", 2);
    RateLimiter limiter = limiter();
    MemberSelection first = new MemberSelection(/* firstAccount= */ true, Set.of());
    Permit throttled = permit(limiter, origin("first"), first);
    assertThat(throttled.member()).isEqualTo("b");
    throttled.end(
        new CallFeedback.Throttled(Duration.ofSeconds(20), null, AdvertisedLimits.UNKNOWN));

    assertThat(limiter.isOtherMemberOpen(origin("first"), first)).isFalse();
    Admission held = acquire(limiter, origin("first"), first);
    assertThat(held).isInstanceOf(Admission.SourceHeld.class);
    assertThat(((Admission.SourceHeld) held).remaining()).isGreaterThan(Duration.ofSeconds(19));
    assertThat(permit(limiter, origin("second"), MemberSelection.ANY).member()).isEqualTo("a");

    clock.sleep(Duration.ofSeconds(19)); // a short rest of the hold is waited for
    assertThat(permit(limiter, origin("first"), first).member()).isEqualTo("b");
  }

  @Test
  void membersOfOneAccountShareItsLimitsAnd429s() throws Exception {
    settings.put("members[0].account", "shared");
    settings.put("members[1].account", "shared");
    RateLimiter limiter = limiter();
    Permit first = permit(limiter, origin("first"), MemberSelection.ANY);
    first.end(new CallFeedback.Throttled(Duration.ofSeconds(20), null, AdvertisedLimits.UNKNOWN));

    assertThat(held(limiter, "a")).isEqualTo("rate_limit");
    assertThat(held(limiter, "b")).isEqualTo("rate_limit");
    LimiterStatus.Hold hold = limiter.status().hold();
    assertThat(hold).as("the route is held while all members are").isNotNull();
    assertThat(hold.reason()).startsWith("member ");
    assertThat(limiter.isOtherMemberOpen(origin("first"), new MemberSelection(Set.of("a"))))
        .isFalse();
  }

  @Test
  void anotherAccountIsOpenWhileOneIsThrottled() throws Exception {
    RateLimiter limiter = limiter();
    Permit first = permit(limiter, origin("first"), MemberSelection.ANY);
    RouteHealth health =
        first.end(
            new CallFeedback.Throttled(Duration.ofSeconds(20), null, AdvertisedLimits.UNKNOWN));

    assertThat(health.holdFor()).as("the task may go to another member").isZero();
    assertThat(
            limiter.isOtherMemberOpen(origin("first"), new MemberSelection(Set.of(first.member()))))
        .isTrue();
    long start = clock.nanos();
    assertThat(permit(limiter, origin("first"), MemberSelection.ANY).member())
        .isNotEqualTo(first.member());
    assertThat(clock.nanos() - start).isLessThan(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void aPeersHoldIsThatOfItsMember() throws Exception {
    RateLimiter limiter = limiter();
    HoldAnnouncement hold =
        new HoldAnnouncement.Hold(
            HoldKind.API_KEY, "the key is rejected", TIMEOUT, Map.of(), Set.of(), Set.of());

    limiter.onPeerAnnouncement("a", hold);

    assertThat(held(limiter, "a")).isEqualTo("api_key");
    assertThat(held(limiter, "b")).isEmpty();
    assertThat(permit(limiter, origin("task"), MemberSelection.ANY).member()).isEqualTo("b");

    limiter.release(HoldKind.API_KEY);

    assertThat(held(limiter, "a")).isEmpty();
  }

  @Test
  void theStatusSumsWhatTheMembersAdmit() throws Exception {
    RateLimiter limiter = limiter();
    learnLimits(limiter);

    LimiterStatus status = limiter.status();

    assertThat(status.members()).extracting(LimiterStatus.Member::name).containsExactly("a", "b");
    assertThat(60 * status.limits().getFirst().perSecond()).isEqualTo(2 * PER_MINUTE);

    limiter.onPeerAnnouncement(
        "a",
        new HoldAnnouncement.Hold(
            HoldKind.QUOTA, "the quota is used up", TIMEOUT, Map.of(), Set.of(), Set.of()));

    assertThat(60 * limiter.status().limits().getFirst().perSecond()).isEqualTo(PER_MINUTE);
  }

  private RateLimiter limiter() {
    settings.put("members[0].name", "a");
    settings.put("members[1].name", "b");
    return new RouteLimiter(
        TestRoutes.route("r", settings),
        (String account) -> Buckets.inMemory(clock),
        PeerWorkers.NONE,
        new Random(1),
        clock);
  }

  private void start(RateLimiter limiter) {
    for (int i = 0; i < CONSUMERS; i++) {
      Future<?> unused = clock.submit(() -> callForever(limiter));
    }
  }

  private Void callForever(RateLimiter limiter) throws InterruptedException {
    while (!Thread.interrupted()) {
      call(limiter, MemberSelection.ANY);
    }
    return null;
  }

  private void call(RateLimiter limiter, MemberSelection selection) throws InterruptedException {
    String unused = callWith(limiter, "prompt " + tasks.incrementAndGet(), selection);
  }

  /** Returns the name of the member that was called. */
  private String callWith(RateLimiter limiter, String prompt, MemberSelection selection)
      throws InterruptedException {
    Permit permit = permit(limiter, origin(prompt), selection);
    CallFeedback feedback = member(permit.member()).call(clock.nanos());
    clock.sleep(LATENCY);
    permit.end(feedback);
    return permit.member();
  }

  private static Admission acquire(
      RateLimiter limiter, CallOrigin origin, MemberSelection selection)
      throws InterruptedException {
    return limiter.acquire(
        origin, Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true, selection);
  }

  private static Permit permit(RateLimiter limiter, CallOrigin origin, MemberSelection selection)
      throws InterruptedException {
    Admission admission = acquire(limiter, origin, selection);
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    return ((Admission.Granted) admission).permit();
  }

  /** One call of each member makes its limits known. */
  private void learnLimits(RateLimiter limiter) throws InterruptedException {
    for (String other : List.of("a", "b")) {
      for (int i = 0; i < 2; i++) {
        call(limiter, new MemberSelection(Set.of(other)));
      }
    }
    clock.sleep(Duration.ofSeconds(3));
  }

  /** A task of its own batch: failures of several batches are those of the provider. */
  private CallOrigin origin(String prompt) {
    return new CallOrigin(
        prompt,
        "batch " + prompt.hashCode() % batches,
        Payload.of("{\"model\":\"m\",\"messages\":\"" + prompt + "\"}"));
  }

  private Member member(String name) {
    return Objects.requireNonNull(members.get(name));
  }

  private double used(Duration time) throws InterruptedException {
    int before = admitted();
    clock.sleep(time);
    return admitted() - before;
  }

  private int admitted() {
    return members.values().stream().mapToInt(member -> member.admitted).sum();
  }

  private int throttled() {
    return members.values().stream().mapToInt(member -> member.throttled).sum();
  }

  private static String held(RateLimiter limiter, String name) {
    return limiter.status().members().stream()
        .filter(member -> member.name().equals(name))
        .map(LimiterStatus.Member::hold)
        .flatMap(Stream::ofNullable)
        .map(hold -> hold.kind().wireName())
        .findFirst()
        .orElse("");
  }
}
