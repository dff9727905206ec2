/** What was called and how it ended: the log and the statistics. Depends on {@code duration}. */
@NullMarked
package dev.sluice.simulator.ledger;

import org.jspecify.annotations.NullMarked;
