/** What a call gets, decided without a connection. Depends on every feature but {@code http}. */
@NullMarked
package dev.sluice.simulator.provider;

import org.jspecify.annotations.NullMarked;
