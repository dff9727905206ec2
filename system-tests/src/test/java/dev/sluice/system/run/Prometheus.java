package dev.sluice.system.run;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The metrics of a running producer. */
public final class Prometheus {
  private Prometheus() {}

  /** One line each, as they are scraped. */
  public static List<String> of(RunningSluice sluice) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(sluice.environment().get("SLUICE_URL") + "/actuator/prometheus"))
            .header("Authorization", "Bearer " + sluice.environment().get("SLUICE_API_KEY"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body().lines().toList();
    }
  }
}
