/**
 * The producer: the API in front, the batches in PostgreSQL, the feed and the collector. Knows
 * every feature.
 */
@NullMarked
package dev.sluice.producer;

import org.jspecify.annotations.NullMarked;
