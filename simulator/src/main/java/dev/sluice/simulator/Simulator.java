package dev.sluice.simulator;

import dev.sluice.simulator.http.AdminEndpoints;
import dev.sluice.simulator.http.HttpServer;
import dev.sluice.simulator.http.ModelCallHandler;
import dev.sluice.simulator.ledger.CallTotals;
import dev.sluice.simulator.ledger.Ledger;
import dev.sluice.simulator.limit.RateLimits;
import dev.sluice.simulator.provider.SimulatedProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;

/** A running simulator, in this process. */
public final class Simulator implements AutoCloseable {
  private final String host;
  private final HttpServer server;
  private final Ledger ledger;
  private final RateLimits limits;

  private Simulator(String host, HttpServer server, Ledger ledger, RateLimits limits) {
    this.host = host;
    this.server = server;
    this.ledger = ledger;
    this.limits = limits;
  }

  /**
   * Starts a simulator.
   *
   * @throws StartFailedException if it cannot listen on the port or write its log
   */
  public static Simulator start(SimulatorSettings settings, Clock clock) {
    RateLimits limits = new RateLimits(settings.limits(), clock);
    Ledger ledger = ledger(settings);
    SimulatedProvider provider = new SimulatedProvider(settings.provider(), limits, clock);
    ModelCallHandler calls = new ModelCallHandler(provider, ledger, clock);
    AdminEndpoints admin = new AdminEndpoints(ledger, limits);
    try {
      HttpServer server =
          HttpServer.listen(settings.host(), settings.port(), settings.hang(), calls, admin);
      return new Simulator(settings.host(), server, ledger, limits);
    } catch (IOException e) {
      throw new StartFailedException(
          "cannot listen on %s:%d: %s. Choose another --port, or 0 for a free port."
              .formatted(settings.host(), settings.port(), StartFailedException.reason(e)),
          e);
    }
  }

  private static Ledger ledger(SimulatorSettings settings) {
    try {
      return Ledger.writingTo(settings.log());
    } catch (IOException e) {
      throw new StartFailedException(
          "cannot write --log %s: %s".formatted(settings.log(), StartFailedException.reason(e)), e);
    }
  }

  /** The base URL for OpenAI's SDKs. */
  public URI url() {
    return URI.create("http://%s:%d/v1".formatted(host, port()));
  }

  public int port() {
    return server.port();
  }

  /** The limits, which can be changed at runtime. */
  public RateLimits limits() {
    return limits;
  }

  public CallTotals stats() {
    return ledger.stats();
  }

  /** Closes hanging calls, completes the other calls and stops. */
  @Override
  public void close() {
    server.close();
    try {
      ledger.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
