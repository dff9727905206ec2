package dev.sluice.cli.client;

import dev.sluice.api.status.StatusView;
import dev.sluice.cli.terminal.Sleeper;

/** Client for the producer's HTTP API, by resource. */
public final class SluiceClient {
  private final HttpTransport transport;

  public SluiceClient(Connection connection, Sleeper sleeper) {
    this.transport = new HttpTransport(connection, sleeper);
  }

  public String url() {
    return transport.connection().url();
  }

  /** The producer's version, broker, database and routes. */
  public ApiResponse<StatusView> status() throws InterruptedException {
    return transport.get("/api/status", StatusView.class);
  }

  public BatchesApi batches() {
    return new BatchesApi(transport);
  }

  public FilesApi files() {
    return new FilesApi(transport);
  }

  public TasksApi tasks() {
    return new TasksApi(transport);
  }

  public RoutesApi routes() {
    return new RoutesApi(transport);
  }

  public KeysApi keys() {
    return new KeysApi(transport);
  }

  public QuotasApi quotas() {
    return new QuotasApi(transport);
  }

  public DeadLettersApi deadLetters() {
    return new DeadLettersApi(transport);
  }
}
