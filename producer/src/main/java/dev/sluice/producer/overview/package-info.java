/** Provides the overview page's data: batch summaries, throughput and one snapshot per second. */
@NullMarked
package dev.sluice.producer.overview;

import org.jspecify.annotations.NullMarked;
