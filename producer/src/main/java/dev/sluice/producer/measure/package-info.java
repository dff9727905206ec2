/** Gauges for the contents of the broker's queues and the age of the backlog. */
@NullMarked
package dev.sluice.producer.measure;

import org.jspecify.annotations.NullMarked;
