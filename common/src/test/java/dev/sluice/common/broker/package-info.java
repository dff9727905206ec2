/** The RabbitMQ broker of the integration tests. */
@NullMarked
package dev.sluice.common.broker;

import org.jspecify.annotations.NullMarked;
