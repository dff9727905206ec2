/** Stores outcomes from the broker in PostgreSQL. */
@NullMarked
package dev.sluice.producer.dispatch.collect;

import org.jspecify.annotations.NullMarked;
