package dev.sluice.producer.webhook;

import static java.util.concurrent.CompletableFuture.delayedExecutor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.springframework.stereotype.Component;

/** Sends one message, signed; it follows no redirect and reads no answer but the status. */
@Component
class WebhookSender implements AutoCloseable {
  private final Clock clock;
  private final Duration longest;
  private final CloseableHttpClient http;

  WebhookSender(WebhookSettings settings, Clock clock) {
    this.clock = clock;
    this.longest = settings.timeout().multipliedBy(2);
    Timeout timeout = Timeout.of(settings.timeout());
    DnsResolver addresses =
        settings.allowPrivateAddresses()
            ? SystemDefaultDnsResolver.INSTANCE
            : new PublicAddressResolver();
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(addresses)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(timeout)
                            .setSocketTimeout(timeout)
                            .build())
                    .build())
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(timeout).build())
            .setUserAgent("Sluice")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .build();
  }

  /** Why it did not arrive; empty where it did. */
  Optional<String> send(Webhooks.Delivery delivery) {
    long now = clock.instant().getEpochSecond();
    HttpPost post = new HttpPost(delivery.webhook().url());
    post.setHeader("webhook-id", delivery.eventId());
    post.setHeader("webhook-timestamp", Long.toString(now));
    post.setHeader(
        "webhook-signature",
        Signature.of(delivery.webhook().secret(), delivery.eventId(), now, delivery.body()));
    post.setEntity(
        new StringEntity(
            delivery.body(), ContentType.APPLICATION_JSON.withCharset(StandardCharsets.UTF_8)));
    // The client's own bounds are for each read: who sends a byte now and then would hold it for
    // ever.
    delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS).execute(post::cancel);
    try (ClassicHttpResponse answer = http.executeOpen(null, post, null)) {
      int status = answer.getCode();
      return status / 100 == 2 ? Optional.empty() : Optional.of("HTTP " + status);
    } catch (IOException failure) {
      return Optional.of(String.valueOf(failure.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
