/** Tests that kill processes during a batch and check that no task is lost. */
@NullMarked
package dev.sluice.system.recovery;

import org.jspecify.annotations.NullMarked;
