/** Takes away batches that are old enough. Depends on {@code loop}. */
@NullMarked
package dev.sluice.producer.retain;

import org.jspecify.annotations.NullMarked;
