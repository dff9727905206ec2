package dev.sluice.simulator.http;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.ledger.Call;
import dev.sluice.simulator.ledger.Ledger;
import dev.sluice.simulator.provider.BodyHash;
import dev.sluice.simulator.provider.CallHeaders;
import dev.sluice.simulator.provider.Decision;
import dev.sluice.simulator.provider.Endpoint;
import dev.sluice.simulator.provider.ResponseDelivery;
import dev.sluice.simulator.provider.SimulatedProvider;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Handles model calls: reads the body, decides the response, logs and sends it. */
public final class ModelCallHandler {
  private static final String BEARER = "Bearer ";

  private final SimulatedProvider provider;
  private final Ledger ledger;
  private final Clock clock;

  public ModelCallHandler(SimulatedProvider provider, Ledger ledger, Clock clock) {
    this.provider = provider;
    this.ledger = ledger;
    this.clock = clock;
  }

  void handle(
      Endpoint endpoint,
      Request request,
      Response response,
      Callback callback,
      ResponseSender responseSender)
      throws IOException {
    Instant at = clock.instant();
    long startNanos = System.nanoTime();
    ledger.callStarted();
    try {
      byte[] body = Content.Source.asInputStream(request).readAllBytes();
      BodyHash hash = BodyHash.of(body);
      Decision decision = provider.decide(endpoint, headers(request), body, hash);
      responseSender.waitFor(decision.latency().minus(since(startNanos)));
      ledger.record(call(endpoint, decision, at, since(startNanos), hash));
      send(decision.delivery(), request, response, callback, responseSender);
    } finally {
      ledger.callFinished();
    }
  }

  private static CallHeaders headers(Request request) {
    HttpFields headers = request.getHeaders();
    String authorization = Objects.requireNonNullElse(headers.get(HttpHeader.AUTHORIZATION), "");
    String key =
        authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length()).strip()
            : Stream.of("x-api-key", "api-key") // Anthropic's and Azure's
                .map(headers::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    return new CallHeaders(key, headers.contains("anthropic-version"));
  }

  private static void send(
      ResponseDelivery delivery,
      Request request,
      Response response,
      Callback callback,
      ResponseSender responseSender) {
    switch (delivery) {
      case ResponseDelivery.FullResponse full ->
          ResponseSender.sendFull(response, callback, full.reply());
      case ResponseDelivery.PartialResponse partial ->
          ResponseSender.sendPartial(request, response, callback, partial.reply());
      case ResponseDelivery.Stream stream ->
          responseSender.stream(request, response, callback, stream);
      case ResponseDelivery.Reset reset -> ResponseSender.reset(request, callback);
      case ResponseDelivery.NoResponse none -> responseSender.hang(request, callback);
    }
  }

  private static Call call(
      Endpoint endpoint, Decision decision, Instant at, Duration latency, BodyHash hash) {
    Fault fault = decision.fault();
    String key = decision.key();
    return new Call(
        at,
        endpoint.path(),
        decision.model(),
        key.substring(Math.max(0, key.length() - 4)),
        status(decision.delivery()),
        decision.promptTokens(),
        decision.completionTokens(),
        decision.chargedTokens(),
        decision.retryAfter(),
        latency,
        fault == null ? null : fault.wireName(),
        hash.hex(),
        decision.limited());
  }

  private static @Nullable Integer status(ResponseDelivery delivery) {
    return switch (delivery) {
      case ResponseDelivery.FullResponse full -> full.reply().status();
      case ResponseDelivery.PartialResponse partial -> partial.reply().status();
      case ResponseDelivery.Stream stream -> stream.head().status();
      case ResponseDelivery.Reset reset -> null;
      case ResponseDelivery.NoResponse none -> null;
    };
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
