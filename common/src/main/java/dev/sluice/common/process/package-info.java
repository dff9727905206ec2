/** Reaction to errors after which the process must not continue. */
@NullMarked
package dev.sluice.common.process;

import org.jspecify.annotations.NullMarked;
