package dev.sluice.producer.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of webhooks, below {@code sluice.webhooks}.
 *
 * @param allowPrivateAddresses whether webhooks may go to loopback and private addresses. If true,
 *     every owner of an API key can reach services in those networks. Default: false.
 * @param timeout timeout of one delivery. Default: 10 s.
 * @param giveUpAfter how long a failed delivery is retried. Default: 3 d.
 */
@ConfigurationProperties("sluice.webhooks")
record WebhookSettings(
    @DefaultValue("false") boolean allowPrivateAddresses,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("3d") Duration giveUpAfter) {}
