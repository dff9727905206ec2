/** Lists the tasks of a batch and shows single tasks. */
@NullMarked
package dev.sluice.producer.overview.browse;

import org.jspecify.annotations.NullMarked;
