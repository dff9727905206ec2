/** Log and statistics of the calls. */
@NullMarked
package dev.sluice.simulator.ledger;

import org.jspecify.annotations.NullMarked;
