/** Starts the real processes for a test, as a user would, and stops them. */
@NullMarked
package dev.sluice.system.run;

import org.jspecify.annotations.NullMarked;
