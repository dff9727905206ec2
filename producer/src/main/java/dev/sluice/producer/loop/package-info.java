/**
 * Work in the background, started by events or by the clock, and the watchdog that shows which of
 * it makes no progress. Depends on {@code database}.
 */
@NullMarked
package dev.sluice.producer.loop;

import org.jspecify.annotations.NullMarked;
