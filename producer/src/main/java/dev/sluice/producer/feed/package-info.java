/**
 * From the backlog in PostgreSQL to the working set in the broker. Depends on {@code batch} and
 * {@code loop}.
 */
@NullMarked
package dev.sluice.producer.feed;

import org.jspecify.annotations.NullMarked;
