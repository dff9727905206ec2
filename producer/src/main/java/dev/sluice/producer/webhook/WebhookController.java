package dev.sluice.producer.webhook;

import dev.sluice.api.Deletion;
import dev.sluice.api.ListResponse;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.web.ApiException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for the webhooks of a project. */
@RestController
@RequestMapping("/api/webhooks")
class WebhookController {
  private static final int MAX_URL_LENGTH = 2000;

  private final Webhooks webhooks;

  WebhookController(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  @PostMapping
  WebhookView create(Project project, @RequestBody NewWebhook request) {
    Webhooks.Webhook webhook = webhooks.create(project, checked(request.url()));
    return WebhookView.of(webhook, Signature.text(webhook.secret()));
  }

  @GetMapping
  ListResponse<WebhookView> list(Project project) {
    List<WebhookView> all =
        webhooks.list(project).stream().map(webhook -> WebhookView.of(webhook, null)).toList();
    return ListResponse.page(all, Integer.MAX_VALUE, WebhookView::id);
  }

  @DeleteMapping("/{id}")
  Deletion delete(Project project, @PathVariable String id) {
    if (!webhooks.delete(project, id)) {
      throw ApiException.notFound("No webhook found with id '" + id + "'.", "id");
    }
    return new Deletion(id, "webhook", true);
  }

  private static String checked(@Nullable String url) {
    try {
      URI address = new URI(url == null ? "" : url);
      boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (url != null && http && address.getHost() != null && url.length() <= MAX_URL_LENGTH) {
        return url;
      }
    } catch (URISyntaxException invalid) {
      // reported below
    }
    throw ApiException.badRequest(
        "'url' must be an http or https URL of at most %d characters, such as https://example.org/sluice."
            .formatted(MAX_URL_LENGTH),
        "url",
        "invalid_value");
  }

  /** A request to create a webhook. */
  record NewWebhook(@Nullable String url) {}

  /**
   * A webhook as the API returns it.
   *
   * @param createdAt Unix seconds, UTC
   * @param secret the signing secret in the response that creates the webhook, else null
   */
  record WebhookView(
      String id, String object, String url, long createdAt, @Nullable String secret) {

    static WebhookView of(Webhooks.Webhook webhook, @Nullable String secret) {
      return new WebhookView(
          webhook.id(), "webhook", webhook.url(), webhook.created().getEpochSecond(), secret);
    }
  }
}
