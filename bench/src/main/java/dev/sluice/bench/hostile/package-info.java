/** A project that misuses Sluice, beside an ordinary project. */
@NullMarked
package dev.sluice.bench.hostile;

import org.jspecify.annotations.NullMarked;
