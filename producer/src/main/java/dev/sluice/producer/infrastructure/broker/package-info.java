/** Tracks the connection to the broker, and creates the containers that consume its queues. */
@NullMarked
package dev.sluice.producer.infrastructure.broker;

import org.jspecify.annotations.NullMarked;
