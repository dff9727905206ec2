/** RabbitMQ exchanges, queues and delay levels of the wire contract. */
@NullMarked
package dev.sluice.common.topology;

import org.jspecify.annotations.NullMarked;
