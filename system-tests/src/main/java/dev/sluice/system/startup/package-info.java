/**
 * The benchmark of how long the applications take to be ready. Depends on {@code report} and {@code
 * run}.
 */
@NullMarked
package dev.sluice.system.startup;

import org.jspecify.annotations.NullMarked;
