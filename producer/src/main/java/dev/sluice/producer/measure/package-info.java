/** What the broker and the database hold, as gauges for Prometheus. Depends on {@code loop}. */
@NullMarked
package dev.sluice.producer.measure;

import org.jspecify.annotations.NullMarked;
