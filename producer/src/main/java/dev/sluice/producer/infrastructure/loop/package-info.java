/** Background loops and the watchdog that detects loops without progress. */
@NullMarked
package dev.sluice.producer.infrastructure.loop;

import org.jspecify.annotations.NullMarked;
