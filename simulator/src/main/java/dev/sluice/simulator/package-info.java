/** Entry point and settings of the provider simulator. */
@NullMarked
package dev.sluice.simulator;

import org.jspecify.annotations.NullMarked;
