package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.access.QuotaView;
import dev.sluice.cli.json.ApiObjects;
import org.jspecify.annotations.Nullable;

/** Client for the producer's endpoints of quotas. */
public final class QuotasApi {
  private static final String PATH = "/api/quotas/";

  private final HttpTransport transport;

  QuotasApi(HttpTransport transport) {
    this.transport = transport;
  }

  /**
   * Quota and usage of a project.
   *
   * @param project null for the project of the API key
   */
  public ApiResponse<QuotaView> get(@Nullable String project) throws InterruptedException {
    return transport.get(project == null ? "/api/quota" : PATH + encoded(project), QuotaView.class);
  }

  /** Sets the quota of a project; the producer's settings apply to null members. */
  public ApiResponse<QuotaView> set(String project, QuotaView.Limits limits) {
    return transport.put(PATH + encoded(project), ApiObjects.write(limits), QuotaView.class);
  }
}
