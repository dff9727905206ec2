package dev.sluice.simulator.provider;

import dev.sluice.simulator.anthropic.AnthropicErrors;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.PromptMarkers.InjectedFault;
import dev.sluice.simulator.limit.LimitCheck.Kind;
import dev.sluice.simulator.limit.LimitCheck.Rejected;
import dev.sluice.simulator.limit.LimitCheck.TooLarge;
import dev.sluice.simulator.limit.RateLimitStatus;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.ModelRequest;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.openai.ReplyWriter.WrittenReply;
import dev.sluice.simulator.openai.StreamWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds decisions: body, headers and delivery of the response, in the format of OpenAI or of
 * Anthropic.
 */
final class Replies {
  private static final String PROXY_PAGE =
      """
      <html>
      <head><title>502 Bad Gateway</title></head>
      <body><center><h1>502 Bad Gateway</h1></center></body>
      </html>
      """;

  private static final String LOADING_MODEL =
      "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}";

  private static final String GATEWAY_ERROR =
      "{\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\"}}";

  private final ProviderSettings settings;
  private final boolean anthropic;
  private final ReplyHeaders headers;

  Replies(ProviderSettings settings, boolean anthropic, Clock clock) {
    this.settings = settings;
    this.anthropic = anthropic;
    this.headers = new ReplyHeaders(settings.headers(), anthropic, clock);
  }

  /** An error before the limits are charged. */
  Decision error(OpenAiError error, RateLimitStatus rateLimitStatus, String model, String key) {
    return immediate(error, rateLimitStatus, null, model, key, false);
  }

  Decision limited(Rejected rejected, String model, String key) {
    String kind = rejected.kind() == Kind.REQUESTS ? "requests" : "tokens";
    OpenAiError error =
        OpenAiError.rateLimit(
            model,
            kind,
            rejected.limit(),
            rejected.used(),
            rejected.requested(),
            rejected.retryIn());
    return immediate(error, rejected.rateLimitStatus(), rejected.retryIn(), model, key, true);
  }

  Decision tooLarge(TooLarge tooLarge, String model, String key) {
    OpenAiError error = OpenAiError.requestTooLarge(model, tooLarge.limit(), tooLarge.requested());
    return immediate(error, tooLarge.rateLimitStatus(), null, model, key, true);
  }

  private Decision immediate(
      OpenAiError error,
      RateLimitStatus rateLimitStatus,
      @Nullable Duration retryIn,
      String model,
      String key,
      boolean limited) {
    SimulatedReply reply = error(error, headers.of(rateLimitStatus, Duration.ZERO, retryIn));
    return new Decision(
        new ResponseDelivery.FullResponse(reply),
        Duration.ZERO,
        model,
        key,
        0,
        0,
        0,
        advertised(retryIn),
        null,
        limited);
  }

  private SimulatedReply error(OpenAiError error, Map<String, String> headers) {
    if (!anthropic) {
      return new SimulatedReply(error.status(), headers, ReplyWriter.error(error));
    }
    OpenAiError translated = isFromAnthropic(error) ? error : AnthropicErrors.of(error);
    String requestId = headers.getOrDefault(ReplyHeaders.requestIdName(true), "");
    return new SimulatedReply(
        translated.status(), headers, AnthropicErrors.body(translated, requestId));
  }

  /**
   * Errors of the parser are Anthropic's already; the others have a code, or a status of 401 up.
   */
  private static boolean isFromAnthropic(OpenAiError error) {
    return error.code() == null && (error.status() == 400 || error.status() == 404);
  }

  /** A response with status 200, possibly with an injected fault. */
  Decision success(
      AdmittedCall call,
      WrittenReply writtenReply,
      CallLatency callLatency,
      @Nullable Fault fault) {
    Duration latency = callLatency.total(writtenReply.completionTokens());
    String body = writtenReply.body();
    boolean truncated = fault == Fault.INVALID_JSON;
    SimulatedReply reply =
        new SimulatedReply(
            200,
            headers.of(call.rateLimitStatus(), latency, null),
            truncated ? body.substring(0, body.length() / 2) : body);
    return new Decision(
        fault == Fault.HALF_BODY
            ? new ResponseDelivery.PartialResponse(reply)
            : new ResponseDelivery.FullResponse(reply),
        latency,
        call.request().model().name(),
        call.key(),
        call.request().promptTokens(),
        writtenReply.completionTokens(),
        call.chargedTokens(),
        null,
        fault,
        false);
  }

  /** A stream with status 200, possibly with an injected fault. */
  Decision stream(
      AdmittedCall call,
      StreamWriter.Stream stream,
      CallLatency callLatency,
      @Nullable Fault fault) {
    Duration latency = callLatency.total(0);
    Map<String, String> head = new HashMap<>(headers.of(call.rateLimitStatus(), latency, null));
    head.put("content-type", "text/event-stream; charset=utf-8");
    List<String> events = new ArrayList<>(stream.events());
    if (fault == Fault.INVALID_JSON) {
      events.set(events.size() / 2, "data: {\"choices\": [\n\n");
    }
    ResponseDelivery delivery =
        new ResponseDelivery.Stream(
            new SimulatedReply(200, head, ""),
            events,
            callLatency.perToken(),
            fault == Fault.HALF_BODY);
    return new Decision(
        delivery,
        latency,
        call.request().model().name(),
        call.key(),
        call.request().promptTokens(),
        stream.completionTokens(),
        call.chargedTokens(),
        null,
        fault,
        false);
  }

  /** An injected fault without a reply of the model. */
  Decision failure(AdmittedCall call, InjectedFault injected, CallLatency callLatency) {
    Duration latency = injected.fault().isImmediate() ? Duration.ZERO : callLatency.total(0);
    Duration retryIn = injected.fault() == Fault.THROTTLED ? retryIn(injected) : null;
    return new Decision(
        delivery(call, injected, latency),
        latency,
        call.request().model().name(),
        call.key(),
        0,
        0,
        call.chargedTokens(),
        advertised(retryIn),
        injected.fault(),
        false);
  }

  private Duration retryIn(InjectedFault injected) {
    Duration retryAfter = injected.retryAfter();
    return retryAfter == null ? settings.faultRetryAfter() : retryAfter;
  }

  /** The delay that the client sees; null if no header contains it. */
  private @Nullable Duration advertised(@Nullable Duration retryIn) {
    return settings.headers() == LimitHeaders.NONE ? null : retryIn;
  }

  private ResponseDelivery delivery(AdmittedCall call, InjectedFault injected, Duration latency) {
    Duration retryIn = retryIn(injected);
    Map<String, String> plain = headers.of(call.rateLimitStatus(), latency, null);
    return switch (injected.fault()) {
      case HANG -> new ResponseDelivery.NoResponse();
      case RESET -> new ResponseDelivery.Reset();
      case THROTTLED ->
          response(throttled(call, retryIn), headers.of(call.rateLimitStatus(), latency, retryIn));
      case BAD_GATEWAY -> new ResponseDelivery.FullResponse(proxyPage(plain));
      case BAD_REQUEST -> response(OpenAiError.badRequest(), plain);
      case UNAUTHORIZED -> response(OpenAiError.invalidKey(call.key()), plain);
      case INSUFFICIENT_QUOTA -> response(OpenAiError.insufficientQuota(), plain);
      case NO_CAPACITY -> response(OpenAiError.resourceUnavailable(), plain);
      case CONTEXT_LENGTH -> response(contextLength(call.request()), plain);
      case OVERLOADED -> response(OpenAiError.overloaded(), plain);
      case LOADING ->
          new ResponseDelivery.FullResponse(new SimulatedReply(503, plain, LOADING_MODEL));
      case ERROR_IN_200 ->
          new ResponseDelivery.FullResponse(new SimulatedReply(200, plain, GATEWAY_ERROR));
      case SERVER_ERROR, CONTENT_FILTER, HALF_BODY, INVALID_JSON, INVALID_OUTPUT ->
          response(OpenAiError.serverError(), plain);
    };
  }

  private ResponseDelivery response(OpenAiError error, Map<String, String> headers) {
    return new ResponseDelivery.FullResponse(error(error, headers));
  }

  private static OpenAiError throttled(AdmittedCall call, Duration retryIn) {
    RateLimitStatus.LimitStatus requests = call.rateLimitStatus().requests();
    long limit = requests == null ? 1 : requests.limit();
    String model = call.request().model().name();
    return OpenAiError.rateLimit(model, "requests", limit, limit, 1, retryIn);
  }

  private static OpenAiError contextLength(ModelRequest request) {
    Model model = request.model();
    return OpenAiError.contextLength("messages", model.contextLength(), model.contextLength() + 1);
  }

  private static SimulatedReply proxyPage(Map<String, String> headers) {
    Map<String, String> html = new HashMap<>(headers);
    html.put("content-type", "text/html");
    return new SimulatedReply(502, html, PROXY_PAGE);
  }
}
