/**
 * How a producer takes its leave: it says so, serves on until whoever balances the load has heard
 * it, and ends what it has begun. Depends on no other package of the producer.
 */
@NullMarked
package dev.sluice.producer.shutdown;

import org.jspecify.annotations.NullMarked;
