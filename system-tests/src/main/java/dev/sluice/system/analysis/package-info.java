/**
 * Judges a run by what the provider wrote down, whoever made the calls. Depends on the simulator
 * alone.
 */
@NullMarked
package dev.sluice.system.analysis;

import org.jspecify.annotations.NullMarked;
