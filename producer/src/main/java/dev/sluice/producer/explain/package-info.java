/**
 * Why something waits, and for how long, in one sentence; pure. Depends on {@code batch}, {@code
 * report} and {@code loop}.
 */
@NullMarked
package dev.sluice.producer.explain;

import org.jspecify.annotations.NullMarked;
