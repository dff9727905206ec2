/** A start that fails says why in one line. Depends on {@code route}. */
@NullMarked
package dev.sluice.common.startup;

import org.jspecify.annotations.NullMarked;
