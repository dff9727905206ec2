package dev.sluice.producer.batch.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.producer.store.DependentTasks.Dependent;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerCombinerTest {
  private static final String WORDS = "some words of an answer ";

  @Test
  void answersThatFitAreOneRequest() {
    Resolution step = AnswerCombiner.of(dependent(false, 1_000L, 1, null), answers(3, 2));
    assertThat(step)
        .isInstanceOfSatisfying(
            Resolution.Unblock.class,
            unblock -> {
              assertThat(unblock.missing()).isEmpty();
              assertThat(unblock.body().text())
                  .startsWith("{\"x\":\"[part 1]\\nsome words")
                  .contains("\\n\\n[part 2]\\n", "\\n\\n[part 3]\\n");
            });
  }

  @Test
  void longAnswersAreCombinedInGroupsThatFit() {
    List<PartAnswer> answers = answers(10, 10);
    Resolution step = AnswerCombiner.of(dependent(false, 200L, 1, null), answers);
    assertThat(step)
        .isInstanceOfSatisfying(
            Resolution.Combine.class,
            combine -> {
              assertThat(combine.groups()).hasSizeBetween(3, 5);
              assertThat(combine.groups().stream().flatMap(group -> group.answers().stream()))
                  .containsExactlyElementsOf(answers);
            });
  }

  @Test
  void lastGroupIsNotASingleAnswerBesideFullGroups() {
    List<PartAnswer> answers = answers(9, 3);
    Resolution step = AnswerCombiner.of(dependent(false, 180L, 1, null), answers);
    assertThat(step)
        .isInstanceOfSatisfying(
            Resolution.Combine.class,
            combine ->
                assertThat(combine.groups().stream().map(group -> group.answers().size()))
                    .containsExactly(5, 4));
  }

  @Test
  void taskMadeFromAPartialAnswerIsPartialToo() {
    PartAnswer partial =
        new PartAnswer(
            UUID.randomUUID(), "book-a", null, "answer", "", List.of("part 3 (p. 41-60)"));
    assertThat(AnswerCombiner.of(dependent(false, null, 1, null), List.of(partial)))
        .isInstanceOfSatisfying(
            Resolution.Unblock.class,
            release -> assertThat(release.missing()).containsExactly("book-a: part 3 (p. 41-60)"));
  }

  @Test
  void levelThatIsNotShorterThanTheOneBeforeFails() {
    Resolution step = AnswerCombiner.of(dependent(false, 200L, 2, 300L), answers(10, 10));
    assertThat(step)
        .isInstanceOfSatisfying(
            Resolution.Reject.class,
            reject -> {
              assertThat(reject.code()).isEqualTo("does_not_converge");
              assertThat(reject.detail())
                  .contains("level 2", "not fewer than the 300", "Ask for shorter answers");
            });
  }

  @Test
  void answerThatIsTooLongAloneFails() {
    assertThat(AnswerCombiner.of(dependent(false, 100L, 1, null), answers(2, 50)))
        .isInstanceOfSatisfying(
            Resolution.Reject.class,
            reject -> assertThat(reject.detail()).contains("the answer of part 1 alone"));
  }

  @Test
  void answersOfWhichNoTwoFitFail() {
    assertThat(AnswerCombiner.of(dependent(false, 100L, 1, null), answers(4, 12)))
        .isInstanceOfSatisfying(
            Resolution.Reject.class,
            reject -> assertThat(reject.detail()).contains("no two of the 4 answers fit"));
  }

  @Test
  void failedPartFailsTheTask() {
    List<PartAnswer> answers = List.of(answers(1, 1).getFirst(), failed());
    assertThat(AnswerCombiner.of(dependent(false, null, 1, null), answers))
        .isEqualTo(
            new Resolution.Reject(
                "part_failed",
                "1 of 2 tasks that this task is made from have no answer: book#2/2, part 2 (p. 4-6) (invalid_request). Replay their dead letters; this task then continues."));
  }

  @Test
  void keptTaskNamesTheMissingPart() {
    List<PartAnswer> answers = List.of(answers(1, 1).getFirst(), failed());
    assertThat(AnswerCombiner.of(dependent(true, null, 1, null), answers))
        .isInstanceOfSatisfying(
            Resolution.Unblock.class,
            unblock -> {
              assertThat(unblock.missing()).containsExactly("part 2 (p. 4-6)");
              assertThat(unblock.body().text())
                  .contains("[part 2 (p. 4-6) is missing: it could not be processed.]");
            });
  }

  @Test
  void keptTaskWithoutAnyAnswerFails() {
    assertThat(AnswerCombiner.of(dependent(true, null, 1, null), List.of(failed())))
        .isInstanceOf(Resolution.Reject.class);
  }

  private static PartAnswer failed() {
    return new PartAnswer(
        UUID.randomUUID(), "book#2/2", "part 2 (p. 4-6)", "", "invalid_request", List.of());
  }

  private static List<PartAnswer> answers(int count, int repetitions) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            number ->
                new PartAnswer(
                    UUID.randomUUID(),
                    "book#%d/%d".formatted(number, count),
                    "part " + number,
                    WORDS.repeat(repetitions),
                    "",
                    List.of()))
        .toList();
  }

  private static Dependent dependent(
      boolean keepPartial, @Nullable Long maxTokens, int level, @Nullable Long levelTokens) {
    return new Dependent(
        UUID.randomUUID(),
        "book",
        "route",
        "model",
        Payload.of("{\"x\":\"{{answers}}\"}"),
        keepPartial,
        maxTokens,
        level,
        levelTokens,
        List.of());
  }
}
