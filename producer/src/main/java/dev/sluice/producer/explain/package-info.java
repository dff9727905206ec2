/**
 * Why something waits, and for how long, in one sentence; pure. Depends on {@code batch} and {@code
 * report}.
 */
@NullMarked
package dev.sluice.producer.explain;

import org.jspecify.annotations.NullMarked;
