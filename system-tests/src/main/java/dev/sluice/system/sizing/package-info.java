/** What an installation needs for its tasks. Depends on {@code run}. */
@NullMarked
package dev.sluice.system.sizing;

import org.jspecify.annotations.NullMarked;
