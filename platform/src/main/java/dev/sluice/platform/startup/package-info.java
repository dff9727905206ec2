/** Startup checks, and one-line messages for startup failures. */
@NullMarked
package dev.sluice.platform.startup;

import org.jspecify.annotations.NullMarked;
