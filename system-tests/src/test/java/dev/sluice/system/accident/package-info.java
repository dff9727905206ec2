/** Processes are killed in the middle of work, and nothing is lost. */
@NullMarked
package dev.sluice.system.accident;

import org.jspecify.annotations.NullMarked;
