/** Carries decisions out on real connections, broken ones included. Depends on {@code provider}. */
@NullMarked
package dev.sluice.simulator.http;

import org.jspecify.annotations.NullMarked;
