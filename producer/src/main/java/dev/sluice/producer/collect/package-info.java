/**
 * From the outcomes in the broker to the state in PostgreSQL. Depends on {@code batch}, {@code
 * cost}, {@code database}, {@code loop} and {@code trace}.
 */
@NullMarked
package dev.sluice.producer.collect;

import org.jspecify.annotations.NullMarked;
