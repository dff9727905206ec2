/** {@code sluice status}: shows the status of the producer or of a batch. */
@NullMarked
package dev.sluice.cli.status;

import org.jspecify.annotations.NullMarked;
