/** The HTTP server of the simulator. */
@NullMarked
package dev.sluice.simulator.http;

import org.jspecify.annotations.NullMarked;
