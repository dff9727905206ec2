/** Creates the containers that consume queues of the broker. */
@NullMarked
package dev.sluice.producer.infrastructure.broker;

import org.jspecify.annotations.NullMarked;
