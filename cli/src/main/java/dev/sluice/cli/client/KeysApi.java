package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.ListResponse;
import dev.sluice.api.access.KeyView;
import dev.sluice.cli.json.ApiObjects;

/** Client for the producer's endpoints of API keys. */
public final class KeysApi {
  private static final String PATH = "/api/keys";

  private final HttpTransport transport;

  KeysApi(HttpTransport transport) {
    this.transport = transport;
  }

  /** Creates an API key. */
  public ApiResponse<KeyView> create(KeyView.NewKey key) {
    return transport.post(
        PATH,
        ApiObjects.write(key),
        KeyView.class,
        "The key may have been created: check with `%s keys list`."
            .formatted(transport.connection().command()));
  }

  /** All keys, without their secrets. */
  public ApiResponse<ListResponse<KeyView>> list() throws InterruptedException {
    return transport.list(PATH, KeyView.class);
  }

  /** Replaces the limits on the live calls of a key. */
  public ApiResponse<KeyView> limit(String id, KeyView.Limits limits) {
    return transport.post(
        PATH + "/" + encoded(id),
        ApiObjects.write(limits),
        KeyView.class,
        HttpTransport.IDEMPOTENT);
  }

  /** Revokes a key. */
  public ApiResponse<KeyView> revoke(String id) {
    return transport.delete(PATH + "/" + encoded(id), KeyView.class);
  }
}
