/**
 * What the workers of an installation tell each other and the producers: rests of a route, and how
 * each of them stands. Depends on {@code halt}, {@code limit} and {@code pace}.
 */
@NullMarked
package dev.sluice.worker.fleet;

import org.jspecify.annotations.NullMarked;
