package dev.sluice.producer.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of webhooks.
 *
 * @param allowPrivateAddresses whether they may go to this machine and to networks that are not the
 *     Internet: whoever has a key could then reach what stands there. Default: false.
 * @param timeout how long one delivery may take. Default: 10s.
 * @param giveUpAfter how long one is tried again. Default: 3d.
 */
@ConfigurationProperties("sluice.webhooks")
record WebhookSettings(
    @DefaultValue("false") boolean allowPrivateAddresses,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("3d") Duration giveUpAfter) {}
