/** Chooses the service tier of each call: the flex tier and its fallback to the standard tier. */
@NullMarked
package dev.sluice.worker.tier;

import org.jspecify.annotations.NullMarked;
