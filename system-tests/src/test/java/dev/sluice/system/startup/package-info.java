/** How the applications start. */
@NullMarked
package dev.sluice.system.startup;

import org.jspecify.annotations.NullMarked;
