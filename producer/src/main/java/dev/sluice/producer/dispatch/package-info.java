/**
 * From the backlog in PostgreSQL to the working set in the broker. Depends on {@code batch}, {@code
 * loop} and {@code trace}.
 */
@NullMarked
package dev.sluice.producer.dispatch;

import org.jspecify.annotations.NullMarked;
