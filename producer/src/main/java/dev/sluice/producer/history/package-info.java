/**
 * Counts the finished tasks and live calls of each hour by route, and keeps the counts for months.
 */
@NullMarked
package dev.sluice.producer.history;

import org.jspecify.annotations.NullMarked;
