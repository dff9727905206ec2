package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.PromptMarkers;
import dev.sluice.simulator.fault.PromptMarkers.Strike;
import dev.sluice.simulator.limit.LimitCheck.Admitted;
import dev.sluice.simulator.limit.LimitCheck.Rejected;
import dev.sluice.simulator.limit.LimitCheck.TooLarge;
import dev.sluice.simulator.limit.RateLimitStatus;
import dev.sluice.simulator.limit.RateLimits;
import dev.sluice.simulator.openai.ChatRequest;
import dev.sluice.simulator.openai.EmbeddingRequest;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.ModelRequest;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ParseResult;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.openai.ReplyWriter.Finish;
import dev.sluice.simulator.openai.ResponsesRequest;
import dev.sluice.simulator.openai.ResponsesWriter;
import dev.sluice.simulator.openai.StreamWriter;
import dev.sluice.simulator.openai.TextRequest;
import dev.sluice.simulator.summary.Summarizer;
import dev.sluice.simulator.summary.Summary;
import java.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides each call in OpenAI's order: the key, the request, the limits; then what the markers or
 * the rates want to go wrong; then the reply.
 */
public final class SimulatedProvider {
  private static final String BEARER = "Bearer ";
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final ProviderSettings settings;
  private final RateLimits limits;
  private final Clock clock;
  private final Replies replies;
  private final BodyCounter bodyCounter = new BodyCounter();

  public SimulatedProvider(ProviderSettings settings, RateLimits limits, Clock clock) {
    this.settings = settings;
    this.limits = limits;
    this.clock = clock;
    this.replies = new Replies(settings, clock);
  }

  /**
   * What this call gets.
   *
   * @param authorization the header; null where there is none
   */
  public Decision decide(
      Endpoint endpoint, @Nullable String authorization, byte[] body, BodyHash hash) {
    String key = key(authorization);
    if (key.isEmpty()) {
      return replies.refusal(OpenAiError.noKey(), RateLimitStatus.UNLIMITED, "", "");
    }
    if (!settings.keys().isEmpty() && !settings.keys().contains(key)) {
      return replies.refusal(OpenAiError.wrongKey(key), RateLimitStatus.UNLIMITED, "", key);
    }
    return switch (endpoint.read(body)) {
      case ParseResult.Invalid invalid -> refusal(invalid.error(), invalid.model(), key);
      case ParseResult.Valid valid -> markers(valid.request(), key, hash);
    };
  }

  private static String key(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : "";
  }

  private Decision refusal(OpenAiError error, String model, String key) {
    RateLimitStatus rateLimitStatus =
        Model.named(model).isPresent() ? limits.standing(key, model) : RateLimitStatus.UNLIMITED;
    return replies.refusal(error, rateLimitStatus, model, key);
  }

  private Decision markers(ModelRequest request, String key, BodyHash hash) {
    PromptMarkers promptMarkers = PromptMarkers.in(request.text());
    String model = request.model().name();
    String problem = promptMarkers.problem();
    if (problem != null) {
      return refusal(OpenAiError.wrongMarker(problem), model, key);
    }
    long charged = request.chargedTokens(settings.assumedOutput());
    return switch (limits.admit(key, model, charged)) {
      case Rejected rejected -> replies.limited(rejected, model, key);
      case TooLarge tooLarge -> replies.tooLarge(tooLarge, model, key);
      case Admitted admitted ->
          admitted(
              new AdmittedCall(request, key, charged, admitted.standing()), promptMarkers, hash);
    };
  }

  private Decision admitted(AdmittedCall caller, PromptMarkers promptMarkers, BodyHash hash) {
    long nth = bodyCounter.next(hash);
    // Drawn from the body and its count, not from one sequence: the order of arrival does not
    // matter.
    RandomGenerator random =
        new SplittableRandom(settings.seed() * GOLDEN_RATIO ^ hash.value() + nth * GOLDEN_RATIO);
    StreamTiming streamTiming = StreamTiming.of(settings, promptMarkers.slow(), random);
    Optional<Fault> byRate = settings.faults().draw(random);
    Optional<Strike> strike =
        promptMarkers.strikes().isEmpty()
            ? byRate.map(fault -> new Strike(fault, null, 0))
            : promptMarkers.at(nth);
    return strike
        .map(s -> struck(caller, s, streamTiming))
        .orElseGet(() -> success(caller, Finish.STOP, streamTiming, null));
  }

  private Decision struck(AdmittedCall caller, Strike strike, StreamTiming streamTiming) {
    Fault fault = strike.fault();
    return switch (fault) {
      case INVALID_JSON, HALF_BODY -> success(caller, Finish.STOP, streamTiming, fault);
      case CONTENT_FILTER -> success(caller, Finish.CONTENT_FILTER, streamTiming, fault);
      case BAD_REQUEST,
          UNAUTHORIZED,
          THROTTLED,
          INSUFFICIENT_QUOTA,
          CONTEXT_LENGTH,
          SERVER_ERROR,
          BAD_GATEWAY,
          OVERLOADED,
          HANG,
          RESET ->
          replies.failure(caller, strike, streamTiming);
    };
  }

  private Decision success(
      AdmittedCall caller, Finish finish, StreamTiming streamTiming, @Nullable Fault fault) {
    return switch (caller.request()) {
      case EmbeddingRequest embedding ->
          replies.success(caller, ReplyWriter.embedding(embedding), streamTiming, fault);
      case ChatRequest chat -> {
        ReplyText replyText = said(chat, finish);
        ChatRequest.Streaming how = chat.streaming();
        yield how == null
            ? replies.success(
                caller,
                ReplyWriter.chat(chat, replyText.text(), replyText.end(), clock.instant()),
                streamTiming,
                fault)
            : replies.stream(
                caller,
                StreamWriter.chat(chat, how, replyText.text(), replyText.end(), clock.instant()),
                streamTiming,
                fault);
      }
      case ResponsesRequest responses -> {
        ReplyText replyText = said(responses, finish);
        ResponsesWriter writer =
            new ResponsesWriter(responses, replyText.text(), replyText.end(), clock.instant());
        yield responses.streamed()
            ? replies.stream(caller, writer.stream(), streamTiming, fault)
            : replies.success(caller, writer.whole(), streamTiming, fault);
      }
    };
  }

  /** What a reply says, and why it ends there. */
  private record ReplyText(String text, Finish end) {}

  private static ReplyText said(TextRequest request, Finish finish) {
    if (finish == Finish.CONTENT_FILTER) {
      return new ReplyText("", finish);
    }
    if (request.tool() != null) {
      return new ReplyText(
          "{\"about\": \"%d characters\"}".formatted(request.document().length()),
          Finish.TOOL_CALLS);
    }
    long mostTokens = request.mostOutput().orElse(request.model().mostOutput());
    Summary summary = Summarizer.summarize(PromptMarkers.removed(request.document()), mostTokens);
    return new ReplyText(summary.text(), summary.cut() ? Finish.LENGTH : Finish.STOP);
  }
}
