/** Decides the responses of calls, independently of connections. */
@NullMarked
package dev.sluice.simulator.provider;

import org.jspecify.annotations.NullMarked;
