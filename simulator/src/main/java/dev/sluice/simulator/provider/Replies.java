package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.Markers.Strike;
import dev.sluice.simulator.limit.Admission.Kind;
import dev.sluice.simulator.limit.Admission.Refused;
import dev.sluice.simulator.limit.Admission.TooLarge;
import dev.sluice.simulator.limit.Standing;
import dev.sluice.simulator.openai.ApiError;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.ModelRequest;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.openai.ReplyWriter.Written;
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
  private final Headers headers;

  Replies(ProviderSettings settings, Clock clock) {
    this.settings = settings;
    this.headers = new Headers(settings.headers(), clock);
  }

  /** What is refused before anything is charged. */
  Decision refusal(ApiError error, Standing standing, String model, String key) {
    return atOnce(error, standing, null, model, key, false);
  }

  Decision limited(Refused refused, String model, String key) {
    String kind = refused.kind() == Kind.REQUESTS ? "requests" : "tokens";
    ApiError error =
        ApiError.rateLimit(
            model, kind, refused.limit(), refused.used(), refused.requested(), refused.retryIn());
    return atOnce(error, refused.standing(), refused.retryIn(), model, key, true);
  }

  Decision tooLarge(TooLarge tooLarge, String model, String key) {
    ApiError error = ApiError.requestTooLarge(model, tooLarge.limit(), tooLarge.requested());
    return atOnce(error, tooLarge.standing(), null, model, key, true);
  }

  private Decision atOnce(
      ApiError error,
      Standing standing,
      @Nullable Duration retryIn,
      String model,
      String key,
      boolean limited) {
    Reply reply = error(error, headers.of(standing, Duration.ZERO, retryIn));
    return new Decision(
        new Ending.Answer(reply), Duration.ZERO, model, key, 0, 0, 0, told(retryIn), null, limited);
  }

  private static Reply error(ApiError error, Map<String, String> headers) {
    return new Reply(error.status(), headers, ReplyWriter.error(error));
  }

  /** Status 200, although a fault may spoil it. */
  Decision success(Caller caller, Written written, Pace pace, @Nullable Fault fault) {
    Duration latency = pace.latency(written.completionTokens());
    String body = written.body();
    boolean spoilt = fault == Fault.INVALID_JSON;
    Reply reply =
        new Reply(
            200,
            headers.of(caller.standing(), latency, null),
            spoilt ? body.substring(0, body.length() / 2) : body);
    return new Decision(
        fault == Fault.HALF_BODY ? new Ending.HalfAnswer(reply) : new Ending.Answer(reply),
        latency,
        caller.request().model().name(),
        caller.key(),
        caller.request().promptTokens(),
        written.completionTokens(),
        caller.chargedTokens(),
        null,
        fault,
        false);
  }

  /** Status 200 and a stream, which a fault may break in the middle. */
  Decision stream(Caller caller, StreamWriter.Stream stream, Pace pace, @Nullable Fault fault) {
    Duration latency = pace.latency(0);
    Map<String, String> head = new HashMap<>(headers.of(caller.standing(), latency, null));
    head.put("content-type", "text/event-stream; charset=utf-8");
    List<String> events = new ArrayList<>(stream.events());
    if (fault == Fault.INVALID_JSON) {
      events.set(events.size() / 2, "data: {\"choices\": [\n\n");
    }
    Ending ending =
        new Ending.Stream(
            new Reply(200, head, ""), events, pace.perToken(), fault == Fault.HALF_BODY);
    return new Decision(
        ending,
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
  Decision failure(Caller caller, Strike strike, Pace pace) {
    Duration latency = strike.fault().atOnce() ? Duration.ZERO : pace.latency(0);
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

  private Ending ending(Caller caller, Strike strike, Duration latency) {
    Duration retryIn = retryIn(strike);
    Map<String, String> plain = headers.of(caller.standing(), latency, null);
    return switch (strike.fault()) {
      case HANG -> new Ending.Silence();
      case RESET -> new Ending.Reset();
      case THROTTLED ->
          answer(throttled(caller, retryIn), headers.of(caller.standing(), latency, retryIn));
      case BAD_GATEWAY -> new Ending.Answer(proxyPage(plain));
      case BAD_REQUEST -> answer(ApiError.badRequest(), plain);
      case UNAUTHORIZED -> answer(ApiError.wrongKey(caller.key()), plain);
      case INSUFFICIENT_QUOTA -> answer(ApiError.insufficientQuota(), plain);
      case CONTEXT_LENGTH -> answer(contextLength(caller.request()), plain);
      case OVERLOADED -> answer(ApiError.overloaded(), plain);
      case SERVER_ERROR, CONTENT_FILTER, HALF_BODY, INVALID_JSON ->
          answer(ApiError.serverError(), plain);
    };
  }

  private static Ending answer(ApiError error, Map<String, String> headers) {
    return new Ending.Answer(error(error, headers));
  }

  private static ApiError throttled(Caller caller, Duration retryIn) {
    Standing.Level requests = caller.standing().requests();
    long limit = requests == null ? 1 : requests.limit();
    String model = caller.request().model().name();
    return ApiError.rateLimit(model, "requests", limit, limit, 1, retryIn);
  }

  private static ApiError contextLength(ModelRequest request) {
    Model model = request.model();
    return ApiError.contextLength("messages", model.window(), model.window() + 1);
  }

  private static Reply proxyPage(Map<String, String> headers) {
    Map<String, String> html = new HashMap<>(headers);
    html.put("content-type", "text/html");
    return new Reply(502, html, PROXY_PAGE);
  }
}
