/** Tests of rate limits, outages and API keys with real processes. */
@NullMarked
package dev.sluice.system.limits;

import org.jspecify.annotations.NullMarked;
