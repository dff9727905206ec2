/** The RabbitMQ broker of the integration tests. */
@NullMarked
package dev.sluice.testkit.broker;

import org.jspecify.annotations.NullMarked;
