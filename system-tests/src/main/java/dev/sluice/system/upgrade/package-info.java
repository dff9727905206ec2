/**
 * An earlier version and this one on the same queues and the same database. Depends on {@code run}.
 */
@NullMarked
package dev.sluice.system.upgrade;

import org.jspecify.annotations.NullMarked;
