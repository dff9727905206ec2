/** Starts the real processes, as a user would, and stops them. Depends on nothing. */
@NullMarked
package dev.sluice.system.run;

import org.jspecify.annotations.NullMarked;
