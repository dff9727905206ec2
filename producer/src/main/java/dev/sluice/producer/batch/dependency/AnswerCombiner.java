package dev.sluice.producer.batch.dependency;

import dev.sluice.api.batch.TextTokens;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.store.DependentTasks;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides on a task whose dependencies have all finished: it is queued, or fails, or needs another
 * level.
 *
 * <p>If the answers exceed {@code max_tokens}, consecutive answers that fit are combined by one
 * task each, in the next level. Each level has fewer answers and fewer tokens than the one before,
 * or the task fails: so there is always a last level.
 */
final class AnswerCombiner {
  static final String DOES_NOT_CONVERGE = "does_not_converge";

  private static final String SEPARATOR = "\n\n";
  private static final int MAX_NAMES = 5;

  private final DependentTasks.Dependent dependent;
  private final List<PartAnswer> answers;
  private final BodyTemplate template;

  private AnswerCombiner(DependentTasks.Dependent dependent, List<PartAnswer> answers) {
    this.dependent = dependent;
    this.answers = answers;
    this.template = new BodyTemplate(dependent.template());
  }

  static Resolution of(DependentTasks.Dependent dependent, List<PartAnswer> answers) {
    return new AnswerCombiner(dependent, answers).next();
  }

  private Resolution next() {
    List<PartAnswer> missing = answers.stream().filter(PartAnswer::isMissing).toList();
    if (missing.size() == answers.size() || (!missing.isEmpty() && !dependent.keepPartial())) {
      return partFailed(missing);
    }
    String all = joined(answers);
    Long limit = dependent.maxTokens();
    long tokens = TextTokens.of(all);
    if (limit != null && tokens > limit) {
      return combine(tokens, limit);
    }
    Payload body = template.fill(all, answers.stream().map(PartAnswer::text).toList());
    return body.size() > TaskCodec.MAX_BODY_BYTES
        ? new Resolution.Reject(
            FailureCode.REQUEST_TOO_LARGE.wireName(),
            "The request with the answers of %d tasks has %d bytes; the limit is %d. Set sluice.max_tokens of the line, so that they are combined in several levels."
                .formatted(answers.size(), body.size(), TaskCodec.MAX_BODY_BYTES))
        : new Resolution.Unblock(
            body,
            Stream.concat(
                    dependent.missing().stream(),
                    answers.stream().flatMap(answer -> answer.missing().stream()))
                .toList());
  }

  private Resolution partFailed(List<PartAnswer> missing) {
    String names =
        missing.stream()
            .limit(MAX_NAMES)
            .map(part -> "%s (%s)".formatted(label(part), part.failure()))
            .collect(Collectors.joining(", "));
    return new Resolution.Reject(
        DependentTasks.PART_FAILED,
        "%d of %d tasks that this task is made from have no answer: %s%s. Replay their dead letters; this task then continues."
            .formatted(
                missing.size(),
                answers.size(),
                names,
                missing.size() > MAX_NAMES ? " and others" : ""));
  }

  private static String label(PartAnswer part) {
    return part.label() == null ? part.customId() : part.customId() + ", " + part.label();
  }

  private Resolution combine(long tokens, long limit) {
    Long before = dependent.levelTokens();
    if (before != null && tokens >= before) {
      return doesNotConverge(
          "the answers of level %d have about %d tokens, not fewer than the %d of the level before"
              .formatted(dependent.level(), tokens, before));
    }
    for (PartAnswer answer : answers) {
      if (TextTokens.of(answer.paragraph()) > limit) {
        return doesNotConverge(
            "the answer of %s alone has about %d tokens"
                .formatted(answer.name(), TextTokens.of(answer.paragraph())));
      }
    }
    List<List<PartAnswer>> groups = AnswerGroups.of(answers, SEPARATOR, limit);
    return groups.size() == answers.size()
        ? doesNotConverge("no two of the %d answers fit into one request".formatted(answers.size()))
        : new Resolution.Combine(groups.stream().map(this::group).toList(), tokens);
  }

  private Resolution doesNotConverge(String cause) {
    return new Resolution.Reject(
        DOES_NOT_CONVERGE,
        "The answers cannot be combined: %s; %d tokens of answers fit into one request (sluice.max_tokens). Ask for shorter answers, or use a model with a longer context."
            .formatted(cause, dependent.maxTokens()));
  }

  private Resolution.Group group(List<PartAnswer> group) {
    return new Resolution.Group(
        group, template.fill(joined(group), group.stream().map(PartAnswer::text).toList()));
  }

  private static String joined(List<PartAnswer> answers) {
    return answers.stream().map(PartAnswer::paragraph).collect(Collectors.joining(SEPARATOR));
  }
}
