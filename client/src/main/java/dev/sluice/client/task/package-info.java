/** Single requests over AMQP, each answered to its sender. Depends on nothing. */
@NullMarked
package dev.sluice.client.task;

import org.jspecify.annotations.NullMarked;
