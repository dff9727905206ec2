/**
 * How many workers a route can use, and when its backlog is done. Depends on {@code batch}, {@code
 * error}, {@code report}, {@code loop} and {@code measure}.
 */
@NullMarked
package dev.sluice.producer.capacity;

import org.jspecify.annotations.NullMarked;
