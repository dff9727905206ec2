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

/** Sends signed webhook messages; follows no redirects and reads only the response status. */
@Component
class WebhookSender implements AutoCloseable {
  private final Clock clock;
  private final Duration maxDuration;
  private final CloseableHttpClient http;

  WebhookSender(WebhookSettings settings, Clock clock) {
    this.clock = clock;
    this.maxDuration = settings.timeout().multipliedBy(2);
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
                    .setMaxConnTotal(DeliverySlots.MAX_IN_FLIGHT)
                    .setMaxConnPerRoute(DeliverySlots.MAX_IN_FLIGHT)
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

  /** Sends a message; returns the failure, or empty on success. */
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
    // The client's timeouts apply to each read, so a receiver that sends single bytes slowly could
    // block the call without end.
    delayedExecutor(maxDuration.toMillis(), TimeUnit.MILLISECONDS).execute(post::cancel);
    try (ClassicHttpResponse response = http.executeOpen(null, post, null)) {
      int status = response.getCode();
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
