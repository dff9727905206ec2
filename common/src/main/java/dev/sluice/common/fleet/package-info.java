/** Transient messages between workers and producers about the state of the routes. */
@NullMarked
package dev.sluice.common.fleet;

import org.jspecify.annotations.NullMarked;
