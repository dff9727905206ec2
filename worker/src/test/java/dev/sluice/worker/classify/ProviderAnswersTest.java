package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.provider.Reply.Answered;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Classifies real provider responses, from {@code src/test/resources/answers}. */
class ProviderAnswersTest {

  @ParameterizedTest
  @MethodSource("answers")
  void providerResponseIsClassified(
      ProviderDialect dialect, int status, String meaning, String body) {
    OutcomeClassifier classifier =
        new OutcomeClassifier(
            TestRoutes.route("r", Map.of("models", "the-model", "provider.dialect", dialect)),
            Clock.systemUTC());
    Answered answer = new Answered(status, Map.of(), Payload.of(body), Duration.ZERO);

    assertThat(describe(classifier.classify(answer))).isEqualTo(meaning);
  }

  static Stream<Arguments> answers() {
    return Arrays.stream(ProviderDialect.values())
        .filter(dialect -> dialect != ProviderDialect.AUTO)
        .flatMap(ProviderAnswersTest::answers);
  }

  private static Stream<Arguments> answers(ProviderDialect dialect) {
    String file = dialect.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
    return lines(file)
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" \\| ", 3))
        .map(parts -> Arguments.of(dialect, Integer.valueOf(parts[0]), parts[1], parts[2]));
  }

  private static Stream<String> lines(String file) {
    try (InputStream in = ProviderAnswersTest.class.getResourceAsStream("/answers/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8)
          .lines();
    } catch (IOException unreadable) {
      throw new IllegalStateException(file, unreadable);
    }
  }

  private static String describe(TaskOutcome outcome) {
    return switch (outcome) {
      case Throttled t ->
          "throttled %s %s"
              .formatted(
                  t.limitKind() == null ? "-" : t.limitKind().wireName(), describe(t.retryAfter()));
      case Unavailable u -> "unavailable " + describe(u.retryAfter());
      case TaskOutcome.NoCapacity n -> "no_capacity " + describe(n.retryAfter());
      case TaskOutcome.NoTier n -> "no_tier";
      case Rejected r -> "rejected " + r.code().wireName();
      case RouteDown d -> "down " + d.kind().wireName();
      default -> outcome.getClass().getSimpleName();
    };
  }

  private static String describe(@Nullable Duration delay) {
    return delay == null ? "-" : delay.toString();
  }
}
