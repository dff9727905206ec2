/** Commands that stop a batch, or let it rest. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.control;

import org.jspecify.annotations.NullMarked;
