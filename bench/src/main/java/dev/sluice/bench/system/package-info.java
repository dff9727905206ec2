/** Sluice and the baselines, each with four worker processes and one API key. */
@NullMarked
package dev.sluice.bench.system;

import org.jspecify.annotations.NullMarked;
