/**
 * The benchmark of what a worker takes of memory and of the processor. Depends on {@code report}
 * and {@code run}.
 */
@NullMarked
package dev.sluice.system.footprint;

import org.jspecify.annotations.NullMarked;
