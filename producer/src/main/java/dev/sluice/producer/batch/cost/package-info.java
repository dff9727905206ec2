/** The costs of batches and projects by the routes' price lists, and their budgets. */
@NullMarked
package dev.sluice.producer.batch.cost;

import org.jspecify.annotations.NullMarked;
