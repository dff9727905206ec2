/** A stand-in for the broker, for training runs. Depends on no other package. */
@NullMarked
package dev.sluice.simulator.broker;

import org.jspecify.annotations.NullMarked;
