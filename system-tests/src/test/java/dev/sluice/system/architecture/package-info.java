/** Holds the code to the rules that the documentation promises. */
@NullMarked
package dev.sluice.system.architecture;

import org.jspecify.annotations.NullMarked;
