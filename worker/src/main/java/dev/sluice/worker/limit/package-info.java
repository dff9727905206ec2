/**
 * Permits at the pace that the provider allows: who waits for what, when the route rests, what a
 * call's end teaches. Depends on {@code limit.rate} and {@code bucket}.
 */
@NullMarked
package dev.sluice.worker.limit;

import org.jspecify.annotations.NullMarked;
