package dev.sluice.producer.webhook;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.listing.ListResponse;
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

/** Where a project says who wants to hear of its batches. */
@RestController
@RequestMapping("/api/webhooks")
class WebhookController {
  private static final int LONGEST_URL = 2000;

  private final Webhooks webhooks;

  WebhookController(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  @PostMapping
  WebhookView create(Project project, @RequestBody NewWebhook request) {
    Webhooks.Webhook made = webhooks.create(project, checked(request.url()));
    return WebhookView.of(made, Signature.text(made.secret()));
  }

  @GetMapping
  ListResponse<WebhookView> list(Project project) {
    List<WebhookView> all =
        webhooks.list(project).stream().map(one -> WebhookView.of(one, null)).toList();
    return ListResponse.page(all, Integer.MAX_VALUE, WebhookView::id);
  }

  @DeleteMapping("/{id}")
  Deleted delete(Project project, @PathVariable String id) {
    if (!webhooks.delete(project, id)) {
      throw ApiException.notFound("No webhook found with id '" + id + "'.", "id");
    }
    return new Deleted(id, "webhook", true);
  }

  private static String checked(@Nullable String url) {
    try {
      URI address = new URI(url == null ? "" : url);
      boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (url != null && http && address.getHost() != null && url.length() <= LONGEST_URL) {
        return url;
      }
    } catch (URISyntaxException none) {
      // said below
    }
    throw ApiException.badRequest(
        "A webhook needs the 'url' of a web page, such as https://example.org/sluice.",
        "url",
        "invalid_value");
  }

  record NewWebhook(@Nullable String url) {}

  /**
   * A webhook for its reader.
   *
   * @param secret what messages are signed with, in the answer that made it; else null
   */
  record WebhookView(
      String id, String object, String url, long createdAt, @Nullable String secret) {

    static WebhookView of(Webhooks.Webhook webhook, @Nullable String secret) {
      return new WebhookView(
          webhook.id(), "webhook", webhook.url(), webhook.created().getEpochSecond(), secret);
    }
  }

  record Deleted(String id, String object, boolean deleted) {}
}
