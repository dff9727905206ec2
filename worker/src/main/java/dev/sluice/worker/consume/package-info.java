/** Consumes tasks and processes each: context guard, rate limit, call, classify, settle. */
@NullMarked
package dev.sluice.worker.consume;

import org.jspecify.annotations.NullMarked;
