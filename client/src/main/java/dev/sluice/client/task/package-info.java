/** A client for single requests over AMQP with replies to their sender. */
@NullMarked
package dev.sluice.client.task;

import org.jspecify.annotations.NullMarked;
