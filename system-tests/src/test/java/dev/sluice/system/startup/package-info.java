/** Tests of the start of the applications. */
@NullMarked
package dev.sluice.system.startup;

import org.jspecify.annotations.NullMarked;
