package dev.sluice.system.run;

import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;

/** Reads the metrics of a running Sluice. */
public final class Prometheus {
  private static final String PATH = "/actuator/prometheus";

  private Prometheus() {}

  /** The producer's metrics, one line per sample. */
  public static List<String> of(RunningSluice sluice) throws IOException, InterruptedException {
    return scraped(
        HttpRequest.newBuilder(URI.create(sluice.environment().get("SLUICE_URL") + PATH))
            .header("Authorization", "Bearer " + sluice.environment().get("SLUICE_API_KEY"))
            .build());
  }

  /** A worker's metrics, one line per sample. */
  public static List<String> of(RunningSluice sluice, String worker)
      throws IOException, InterruptedException {
    String port = Files.readString(sluice.home().resolve("run/" + worker + ".port")).strip();
    return scraped(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + PATH)).build());
  }

  private static List<String> scraped(HttpRequest request)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body().lines().toList();
    }
  }
}
