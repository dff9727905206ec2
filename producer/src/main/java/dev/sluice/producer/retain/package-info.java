/** Takes away batches that are old enough. Depends on {@code batch} and {@code loop}. */
@NullMarked
package dev.sluice.producer.retain;

import org.jspecify.annotations.NullMarked;
