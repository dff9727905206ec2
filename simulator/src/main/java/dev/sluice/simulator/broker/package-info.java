/** A fake RabbitMQ broker for warm-up runs. */
@NullMarked
package dev.sluice.simulator.broker;

import org.jspecify.annotations.NullMarked;
