/** Test of an earlier version and this one on the same queues and database. */
@NullMarked
package dev.sluice.bench.upgrade;

import org.jspecify.annotations.NullMarked;
