/** Starts and stops the real processes as a user does. */
@NullMarked
package dev.sluice.system.run;

import org.jspecify.annotations.NullMarked;
