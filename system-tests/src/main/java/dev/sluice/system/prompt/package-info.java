/** The work that every contender gets, always the same. Depends on the simulator alone. */
@NullMarked
package dev.sluice.system.prompt;

import org.jspecify.annotations.NullMarked;
