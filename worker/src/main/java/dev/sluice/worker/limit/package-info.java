/** Grants permits for a route's calls at its target rate, and holds the route when needed. */
@NullMarked
package dev.sluice.worker.limit;

import org.jspecify.annotations.NullMarked;
