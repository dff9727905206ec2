/** How late delayed tasks come back, measured. Depends on {@code common} and {@code run}. */
@NullMarked
package dev.sluice.system.delay;

import org.jspecify.annotations.NullMarked;
