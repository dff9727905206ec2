package dev.sluice.simulator.http;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.ledger.Call;
import dev.sluice.simulator.ledger.Ledger;
import dev.sluice.simulator.provider.BodyHash;
import dev.sluice.simulator.provider.Decision;
import dev.sluice.simulator.provider.Ending;
import dev.sluice.simulator.provider.Endpoint;
import dev.sluice.simulator.provider.Provider;
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
public final class Calls {
  private final Provider provider;
  private final Ledger ledger;
  private final Clock clock;

  public Calls(Provider provider, Ledger ledger, Clock clock) {
    this.provider = provider;
    this.ledger = ledger;
    this.clock = clock;
  }

  void handle(
      Endpoint endpoint,
      Request request,
      Response response,
      Callback callback,
      Connections connections)
      throws IOException {
    Instant at = clock.instant();
    long began = System.nanoTime();
    ledger.began();
    try {
      byte[] body = Content.Source.asInputStream(request).readAllBytes();
      BodyHash hash = BodyHash.of(body);
      String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
      Decision decision = provider.decide(endpoint, authorization, body, hash);
      connections.waitFor(decision.latency().minus(since(began)));
      ledger.record(call(endpoint, decision, at, since(began), hash));
      end(decision.ending(), request, response, callback, connections);
    } finally {
      ledger.ended();
    }
  }

  private static void end(
      Ending ending,
      Request request,
      Response response,
      Callback callback,
      Connections connections) {
    switch (ending) {
      case Ending.Answer answer -> Connections.answer(response, callback, answer.reply());
      case Ending.HalfAnswer half ->
          Connections.halfAnswer(request, response, callback, half.reply());
      case Ending.Stream stream -> connections.stream(request, response, callback, stream);
      case Ending.Reset reset -> Connections.reset(request, callback);
      case Ending.Silence silence -> connections.silence(request, callback);
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

  private static @Nullable Integer status(Ending ending) {
    return switch (ending) {
      case Ending.Answer answer -> answer.reply().status();
      case Ending.HalfAnswer half -> half.reply().status();
      case Ending.Stream stream -> stream.head().status();
      case Ending.Reset reset -> null;
      case Ending.Silence silence -> null;
    };
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
