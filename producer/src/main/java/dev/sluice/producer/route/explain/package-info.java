/** Explains in one sentence why a batch or task waits, and for how long. */
@NullMarked
package dev.sluice.producer.route.explain;

import org.jspecify.annotations.NullMarked;
