package dev.sluice.simulator.provider;

import dev.sluice.simulator.anthropic.AnthropicErrors;
import dev.sluice.simulator.anthropic.MessagesWriter;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.PromptMarkers;
import dev.sluice.simulator.fault.PromptMarkers.InjectedFault;
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
import dev.sluice.simulator.openai.StructuredAnswer;
import dev.sluice.simulator.openai.TextRequest;
import dev.sluice.simulator.summary.Summarizer;
import dev.sluice.simulator.summary.Summary;
import java.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Decides the response of each call. Checks the key, the request and the limits, in OpenAI's order;
 * then applies injected faults; then builds the reply.
 */
public final class SimulatedProvider {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private static final String FLEX = "flex";

  private final ProviderSettings settings;
  private final RateLimits limits;
  private final Clock clock;
  private final Replies openAi;
  private final Replies anthropic;
  private final BodyCounter bodyCounter = new BodyCounter();

  public SimulatedProvider(ProviderSettings settings, RateLimits limits, Clock clock) {
    this.settings = settings;
    this.limits = limits;
    this.clock = clock;
    this.openAi = new Replies(settings, false, clock);
    this.anthropic = new Replies(settings, true, clock);
  }

  /** Decides the response of a call. */
  public Decision decide(Endpoint endpoint, CallHeaders headers, byte[] body, BodyHash hash) {
    String key = headers.key();
    if (key.isEmpty()) {
      return of(endpoint).error(OpenAiError.missingKey(), RateLimitStatus.UNLIMITED, "", "");
    }
    if (!settings.keys().isEmpty() && !settings.keys().contains(key)) {
      return of(endpoint).error(OpenAiError.invalidKey(key), RateLimitStatus.UNLIMITED, "", key);
    }
    if (endpoint.isAnthropic() && !headers.hasVersion()) {
      return of(endpoint)
          .error(AnthropicErrors.missingVersion(), RateLimitStatus.UNLIMITED, "", key);
    }
    return switch (endpoint.read(body)) {
      case ParseResult.Invalid invalid -> error(endpoint, invalid.error(), invalid.model(), key);
      case ParseResult.Valid valid when isWithoutTier(valid.request()) ->
          error(endpoint, OpenAiError.flexNotAvailable(), valid.request().model().name(), key);
      case ParseResult.Valid valid -> checkLimits(endpoint, valid.request(), key, hash);
    };
  }

  private boolean isWithoutTier(ModelRequest request) {
    return request.tier().equals(FLEX)
        && settings.modelsWithoutFlex().contains(request.model().name());
  }

  private Replies of(Endpoint endpoint) {
    return endpoint.isAnthropic() ? anthropic : openAi;
  }

  private Decision error(Endpoint endpoint, OpenAiError error, String model, String key) {
    RateLimitStatus rateLimitStatus =
        Model.named(model).isPresent()
            ? limits.rateLimitStatus(key, model)
            : RateLimitStatus.UNLIMITED;
    return of(endpoint).error(error, rateLimitStatus, model, key);
  }

  private Decision checkLimits(Endpoint endpoint, ModelRequest request, String key, BodyHash hash) {
    PromptMarkers promptMarkers = PromptMarkers.in(request.text());
    String model = request.model().name();
    String problem = promptMarkers.problem();
    if (problem != null) {
      return error(endpoint, OpenAiError.invalidMarker(problem), model, key);
    }
    if (endpoint == Endpoint.COUNT_TOKENS) { // has limits of its own, which are not simulated
      AdmittedCall call =
          new AdmittedCall(endpoint, request, key, 0, limits.rateLimitStatus(key, model));
      return admitted(call, promptMarkers, hash);
    }
    long charged = request.chargedTokens(settings.assumedOutput());
    return switch (limits.admit(key, model, charged)) {
      case Rejected rejected -> of(endpoint).limited(rejected, model, key);
      case TooLarge tooLarge -> of(endpoint).tooLarge(tooLarge, model, key);
      case Admitted admitted ->
          admitted(
              new AdmittedCall(endpoint, request, key, charged, admitted.rateLimitStatus()),
              promptMarkers,
              hash);
    };
  }

  private Decision admitted(AdmittedCall call, PromptMarkers promptMarkers, BodyHash hash) {
    long index = bodyCounter.next(hash);
    // Seeded with the body and its count, so that the result does not depend on the order of calls.
    RandomGenerator random =
        new SplittableRandom(settings.seed() * GOLDEN_RATIO ^ hash.value() + index * GOLDEN_RATIO);
    CallLatency callLatency = CallLatency.of(settings, promptMarkers.latency(), random);
    Optional<Fault> byRate = settings.faults().draw(random);
    Optional<InjectedFault> injected =
        promptMarkers.faults().isEmpty()
            ? byRate.map(fault -> new InjectedFault(fault, null, 0))
            : promptMarkers.faultAt(index);
    return injected
        .filter(fault -> fault.fault() != Fault.NO_CAPACITY || call.request().tier().equals(FLEX))
        .map(fault -> applyFault(call, fault, callLatency))
        .orElseGet(() -> success(call, Finish.STOP, callLatency, null));
  }

  private Decision applyFault(AdmittedCall call, InjectedFault injected, CallLatency callLatency) {
    Fault fault = injected.fault();
    return switch (fault) {
      case INVALID_JSON, INVALID_OUTPUT, HALF_BODY ->
          success(call, Finish.STOP, callLatency, fault);
      case CONTENT_FILTER -> success(call, Finish.CONTENT_FILTER, callLatency, fault);
      case BAD_REQUEST,
          UNAUTHORIZED,
          THROTTLED,
          INSUFFICIENT_QUOTA,
          CONTEXT_LENGTH,
          NO_CAPACITY,
          SERVER_ERROR,
          BAD_GATEWAY,
          OVERLOADED,
          LOADING,
          ERROR_IN_200,
          HANG,
          RESET ->
          of(call.endpoint()).failure(call, injected, callLatency);
    };
  }

  private Decision success(
      AdmittedCall call, Finish finish, CallLatency callLatency, @Nullable Fault fault) {
    Replies replies = of(call.endpoint());
    return switch (call.request()) {
      case EmbeddingRequest embedding ->
          replies.success(call, ReplyWriter.embedding(embedding), callLatency, fault);
      case ChatRequest chat when call.endpoint() == Endpoint.COUNT_TOKENS ->
          replies.success(call, MessagesWriter.tokenCount(chat), callLatency, fault);
      case ChatRequest chat when call.endpoint() == Endpoint.MESSAGES -> {
        ReplyText replyText = replyText(chat, finish, fault);
        MessagesWriter writer = new MessagesWriter(chat, replyText.text(), replyText.finish());
        yield chat.streaming() == null
            ? replies.success(call, writer.complete(), callLatency, fault)
            : replies.stream(call, writer.stream(), callLatency, fault);
      }
      case ChatRequest chat -> {
        ReplyText replyText = replyText(chat, finish, fault);
        ChatRequest.Streaming streaming = chat.streaming();
        yield streaming == null
            ? replies.success(
                call,
                ReplyWriter.chat(chat, replyText.text(), replyText.finish(), clock.instant()),
                callLatency,
                fault)
            : replies.stream(
                call,
                StreamWriter.chat(
                    chat, streaming, replyText.text(), replyText.finish(), clock.instant()),
                callLatency,
                fault);
      }
      case ResponsesRequest responses -> {
        ReplyText replyText = replyText(responses, finish, fault);
        ResponsesWriter writer =
            new ResponsesWriter(responses, replyText.text(), replyText.finish(), clock.instant());
        yield responses.streamed()
            ? replies.stream(call, writer.stream(), callLatency, fault)
            : replies.success(call, writer.complete(), callLatency, fault);
      }
    };
  }

  /** Text and finish reason of a reply. */
  private record ReplyText(String text, Finish finish) {}

  private static ReplyText replyText(TextRequest request, Finish finish, @Nullable Fault fault) {
    if (finish == Finish.CONTENT_FILTER) {
      return new ReplyText("", finish);
    }
    if (request.tool() != null) {
      return new ReplyText(
          "{\"about\": \"%d characters\"}".formatted(request.document().length()),
          Finish.TOOL_CALLS);
    }
    long maxTokens = request.maxOutput().orElse(request.model().maxOutput());
    Summary summary = Summarizer.summarize(PromptMarkers.remove(request.document()), maxTokens);
    JsonNode schema = request.schema();
    if (schema != null) {
      return new ReplyText(
          fault == Fault.INVALID_OUTPUT
              ? StructuredAnswer.missing(schema, summary.text())
              : StructuredAnswer.fitting(schema, summary.text()),
          Finish.STOP);
    }
    return new ReplyText(summary.text(), summary.truncated() ? Finish.LENGTH : Finish.STOP);
  }
}
