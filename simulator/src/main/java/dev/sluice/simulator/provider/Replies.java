package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.PromptMarkers.Strike;
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

/** Puts decisions together: the body, its headers and how the call ends. */
final class Replies {
  private static final String PROXY_PAGE =
      """
      <html>
      <head><title>502 Bad Gateway</title></head>
      <body><center><h1>502 Bad Gateway</h1></center></body>
      </html>
      """;

  private final ProviderSettings settings;
  private final ReplyHeaders headers;

  Replies(ProviderSettings settings, Clock clock) {
    this.settings = settings;
    this.headers = new ReplyHeaders(settings.headers(), clock);
  }

  /** What is refused before anything is charged. */
  Decision refusal(OpenAiError error, RateLimitStatus rateLimitStatus, String model, String key) {
    return atOnce(error, rateLimitStatus, null, model, key, false);
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
    return atOnce(error, rejected.standing(), rejected.retryIn(), model, key, true);
  }

  Decision tooLarge(TooLarge tooLarge, String model, String key) {
    OpenAiError error = OpenAiError.requestTooLarge(model, tooLarge.limit(), tooLarge.requested());
    return atOnce(error, tooLarge.standing(), null, model, key, true);
  }

  private Decision atOnce(
      OpenAiError error,
      RateLimitStatus rateLimitStatus,
      @Nullable Duration retryIn,
      String model,
      String key,
      boolean limited) {
    SimulatedReply reply = error(error, headers.of(rateLimitStatus, Duration.ZERO, retryIn));
    return new Decision(
        new ConnectionEnding.Answer(reply),
        Duration.ZERO,
        model,
        key,
        0,
        0,
        0,
        told(retryIn),
        null,
        limited);
  }

  private static SimulatedReply error(OpenAiError error, Map<String, String> headers) {
    return new SimulatedReply(error.status(), headers, ReplyWriter.error(error));
  }

  /** Status 200, although a fault may spoil it. */
  Decision success(
      AdmittedCall caller,
      WrittenReply writtenReply,
      StreamTiming streamTiming,
      @Nullable Fault fault) {
    Duration latency = streamTiming.latency(writtenReply.completionTokens());
    String body = writtenReply.body();
    boolean spoilt = fault == Fault.INVALID_JSON;
    SimulatedReply reply =
        new SimulatedReply(
            200,
            headers.of(caller.standing(), latency, null),
            spoilt ? body.substring(0, body.length() / 2) : body);
    return new Decision(
        fault == Fault.HALF_BODY
            ? new ConnectionEnding.HalfAnswer(reply)
            : new ConnectionEnding.Answer(reply),
        latency,
        caller.request().model().name(),
        caller.key(),
        caller.request().promptTokens(),
        writtenReply.completionTokens(),
        caller.chargedTokens(),
        null,
        fault,
        false);
  }

  /** Status 200 and a stream, which a fault may break in the middle. */
  Decision stream(
      AdmittedCall caller,
      StreamWriter.Stream stream,
      StreamTiming streamTiming,
      @Nullable Fault fault) {
    Duration latency = streamTiming.latency(0);
    Map<String, String> head = new HashMap<>(headers.of(caller.standing(), latency, null));
    head.put("content-type", "text/event-stream; charset=utf-8");
    List<String> events = new ArrayList<>(stream.events());
    if (fault == Fault.INVALID_JSON) {
      events.set(events.size() / 2, "data: {\"choices\": [\n\n");
    }
    ConnectionEnding connectionEnding =
        new ConnectionEnding.Stream(
            new SimulatedReply(200, head, ""),
            events,
            streamTiming.perToken(),
            fault == Fault.HALF_BODY);
    return new Decision(
        connectionEnding,
        latency,
        caller.request().model().name(),
        caller.key(),
        caller.request().promptTokens(),
        stream.completionTokens(),
        caller.chargedTokens(),
        null,
        fault,
        false);
  }

  /** A fault that leaves no reply of the model. */
  Decision failure(AdmittedCall caller, Strike strike, StreamTiming streamTiming) {
    Duration latency = strike.fault().atOnce() ? Duration.ZERO : streamTiming.latency(0);
    Duration retryIn = strike.fault() == Fault.THROTTLED ? retryIn(strike) : null;
    return new Decision(
        ending(caller, strike, latency),
        latency,
        caller.request().model().name(),
        caller.key(),
        0,
        0,
        caller.chargedTokens(),
        told(retryIn),
        strike.fault(),
        false);
  }

  private Duration retryIn(Strike strike) {
    Duration said = strike.retryAfter();
    return said == null ? settings.faultRetryAfter() : said;
  }

  /** What the caller can know: nothing, where no header says it. */
  private @Nullable Duration told(@Nullable Duration retryIn) {
    return settings.headers() == LimitHeaders.NONE ? null : retryIn;
  }

  private ConnectionEnding ending(AdmittedCall caller, Strike strike, Duration latency) {
    Duration retryIn = retryIn(strike);
    Map<String, String> plain = headers.of(caller.standing(), latency, null);
    return switch (strike.fault()) {
      case HANG -> new ConnectionEnding.Silence();
      case RESET -> new ConnectionEnding.Reset();
      case THROTTLED ->
          answer(throttled(caller, retryIn), headers.of(caller.standing(), latency, retryIn));
      case BAD_GATEWAY -> new ConnectionEnding.Answer(proxyPage(plain));
      case BAD_REQUEST -> answer(OpenAiError.badRequest(), plain);
      case UNAUTHORIZED -> answer(OpenAiError.wrongKey(caller.key()), plain);
      case INSUFFICIENT_QUOTA -> answer(OpenAiError.insufficientQuota(), plain);
      case CONTEXT_LENGTH -> answer(contextLength(caller.request()), plain);
      case OVERLOADED -> answer(OpenAiError.overloaded(), plain);
      case SERVER_ERROR, CONTENT_FILTER, HALF_BODY, INVALID_JSON ->
          answer(OpenAiError.serverError(), plain);
    };
  }

  private static ConnectionEnding answer(OpenAiError error, Map<String, String> headers) {
    return new ConnectionEnding.Answer(error(error, headers));
  }

  private static OpenAiError throttled(AdmittedCall caller, Duration retryIn) {
    RateLimitStatus.LimitStatus requests = caller.standing().requests();
    long limit = requests == null ? 1 : requests.limit();
    String model = caller.request().model().name();
    return OpenAiError.rateLimit(model, "requests", limit, limit, 1, retryIn);
  }

  private static OpenAiError contextLength(ModelRequest request) {
    Model model = request.model();
    return OpenAiError.contextLength("messages", model.window(), model.window() + 1);
  }

  private static SimulatedReply proxyPage(Map<String, String> headers) {
    Map<String, String> html = new HashMap<>(headers);
    html.put("content-type", "text/html");
    return new SimulatedReply(502, html, PROXY_PAGE);
  }
}
