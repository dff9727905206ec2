/** Delivers signed webhook events when batches finish. */
@NullMarked
package dev.sluice.producer.webhook;

import org.jspecify.annotations.NullMarked;
