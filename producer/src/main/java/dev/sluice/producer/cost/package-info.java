/**
 * What batches cost by the routes' price lists, and budgets that pause them. Depends on {@code
 * access}, {@code batch}, {@code error} and {@code loop}.
 */
@NullMarked
package dev.sluice.producer.cost;

import org.jspecify.annotations.NullMarked;
