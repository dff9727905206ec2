/** Keeps the latest reports of the workers and merges them into the status of each route. */
@NullMarked
package dev.sluice.producer.route.report;

import org.jspecify.annotations.NullMarked;
