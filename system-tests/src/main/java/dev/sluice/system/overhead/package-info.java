/** The benchmark of what a live call costs that has nothing to wait for. Depends on {@code run}. */
@NullMarked
package dev.sluice.system.overhead;

import org.jspecify.annotations.NullMarked;
