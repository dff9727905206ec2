package dev.sluice.simulator.http;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.ledger.Call;
import dev.sluice.simulator.ledger.Ledger;
import dev.sluice.simulator.provider.BodyHash;
import dev.sluice.simulator.provider.ConnectionEnding;
import dev.sluice.simulator.provider.Decision;
import dev.sluice.simulator.provider.Endpoint;
import dev.sluice.simulator.provider.SimulatedProvider;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Takes a call of a model from its body to its end. */
public final class ModelCallHandler {
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
    long began = System.nanoTime();
    ledger.began();
    try {
      byte[] body = Content.Source.asInputStream(request).readAllBytes();
      BodyHash hash = BodyHash.of(body);
      String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
      Decision decision = provider.decide(endpoint, authorization, body, hash);
      responseSender.waitFor(decision.latency().minus(since(began)));
      ledger.record(call(endpoint, decision, at, since(began), hash));
      end(decision.ending(), request, response, callback, responseSender);
    } finally {
      ledger.ended();
    }
  }

  private static void end(
      ConnectionEnding connectionEnding,
      Request request,
      Response response,
      Callback callback,
      ResponseSender responseSender) {
    switch (connectionEnding) {
      case ConnectionEnding.Answer answer ->
          ResponseSender.answer(response, callback, answer.reply());
      case ConnectionEnding.HalfAnswer half ->
          ResponseSender.halfAnswer(request, response, callback, half.reply());
      case ConnectionEnding.Stream stream ->
          responseSender.stream(request, response, callback, stream);
      case ConnectionEnding.Reset reset -> ResponseSender.reset(request, callback);
      case ConnectionEnding.Silence silence -> responseSender.silence(request, callback);
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
        status(decision.ending()),
        decision.promptTokens(),
        decision.completionTokens(),
        decision.chargedTokens(),
        decision.toldWait(),
        latency,
        fault == null ? null : fault.wireName(),
        hash.hex(),
        decision.limited());
  }

  private static @Nullable Integer status(ConnectionEnding connectionEnding) {
    return switch (connectionEnding) {
      case ConnectionEnding.Answer answer -> answer.reply().status();
      case ConnectionEnding.HalfAnswer half -> half.reply().status();
      case ConnectionEnding.Stream stream -> stream.head().status();
      case ConnectionEnding.Reset reset -> null;
      case ConnectionEnding.Silence silence -> null;
    };
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
