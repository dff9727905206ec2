/** Startup checks, and one-line messages for startup failures. */
@NullMarked
package dev.sluice.common.startup;

import org.jspecify.annotations.NullMarked;
