/** Commands that stop a batch, or let it rest. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.steer;

import org.jspecify.annotations.NullMarked;
