/** Tests that the shipped files match what the applications read. */
@NullMarked
package dev.sluice.system.ship;

import org.jspecify.annotations.NullMarked;
