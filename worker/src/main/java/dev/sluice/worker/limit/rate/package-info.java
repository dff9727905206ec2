/**
 * How fast the workers together may go now: what is known of the provider's limits, and the law
 * that makes a pace of it. Knows time only as a number, and waits for nothing. Depends on no other
 * package of the worker.
 */
@NullMarked
package dev.sluice.worker.limit.rate;

import org.jspecify.annotations.NullMarked;
