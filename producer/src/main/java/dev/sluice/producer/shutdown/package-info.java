/** Shuts the producer down gracefully: delay, connection draining, completion of requests. */
@NullMarked
package dev.sluice.producer.shutdown;

import org.jspecify.annotations.NullMarked;
