/** Background loops and the watchdog that detects loops without progress. */
@NullMarked
package dev.sluice.producer.loop;

import org.jspecify.annotations.NullMarked;
