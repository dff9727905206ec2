/** Leases in PostgreSQL, for work that one producer at a time does outside of a transaction. */
@NullMarked
package dev.sluice.producer.infrastructure.lease;

import org.jspecify.annotations.NullMarked;
