/** Limits, outages and keys, met by the real processes. */
@NullMarked
package dev.sluice.system.limits;

import org.jspecify.annotations.NullMarked;
